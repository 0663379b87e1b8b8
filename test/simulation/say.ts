// Where a program that simulates says what it has to say; its clocks and timers are not those of the machine.
const write = process.stdout.write.bind(process.stdout)

export const say = (line: string): void => void write(`${line}\n`)
