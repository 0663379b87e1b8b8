// What the build makes of a module that is loaded by its address: a file of its own, with all that it imports.
declare module '*?worker&url' {
  const address: string
  export default address
}
