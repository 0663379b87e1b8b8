// The command `holdfast`: what a person does beside a server or without one. Each subcommand has a folder.
import { defineCommand, runMain } from 'citty'
import { reconcileCommand } from './reconcile/command.ts'
import { repairCommand } from './repair/command.ts'
import { verifyCommand } from './verify/command.ts'

const holdfast = defineCommand({
  meta: {
    name: 'holdfast',
    description: 'Recordings that cannot be lost: tools beside the server.',
  },
  subCommands: { reconcile: reconcileCommand, repair: repairCommand, verify: verifyCommand },
})

await runMain(holdfast)
