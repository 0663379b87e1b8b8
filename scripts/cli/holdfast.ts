// The command `holdfast`: what a person does beside a server or without one. Each subcommand has a folder.
import { defineCommand, runMain } from 'citty'
import { doctorCommand } from './doctor/command.ts'
import { reconcileCommand } from './reconcile/command.ts'
import { deleteCommand } from './recordings/delete.ts'
import { exportCommand } from './recordings/export.ts'
import { finalizeCommand } from './recordings/finalize.ts'
import { listCommand } from './recordings/list.ts'
import { showCommand } from './recordings/show.ts'
import { repairCommand } from './repair/command.ts'
import { verifyCommand } from './verify/command.ts'

const holdfast = defineCommand({
  meta: {
    name: 'holdfast',
    description: 'Recordings that cannot be lost: tools beside the server.',
  },
  subCommands: {
    list: listCommand,
    show: showCommand,
    export: exportCommand,
    finalize: finalizeCommand,
    delete: deleteCommand,
    verify: verifyCommand,
    reconcile: reconcileCommand,
    repair: repairCommand,
    doctor: doctorCommand,
  },
})

await runMain(holdfast)
