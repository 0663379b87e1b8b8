// As whom the server runs, and how its life is tied to ours. Postgres refuses to run as root, and
// must not outlive a launcher that was SIGKILLed. Builds command prefixes; starts nothing.
import { readFile } from 'node:fs/promises'
import { HoldfastError } from '@holdfast/protocol'

export type Account = { readonly name: string; readonly uid: number; readonly gid: number }

/** One way to start a program; the launcher takes the first that works on this machine. */
export type Footing = {
  /** What comes before the program on the command line; every part execs, so the pid stays. */
  readonly prefix: readonly string[]
  /** The account that the files must belong to, where it is not our own. */
  readonly account?: Account
}

// The kernel sends this when the thread that started the child is gone: a fast shutdown.
const DIE_WITH_US = ['setpriv', '--pdeathsig', 'INT', '--']

/**
 * The footings to try, best first. `ownerUid` is who owns an existing cluster: root goes on as that
 * account. Throws `database_failed` where there is none.
 */
export async function footings(ownerUid: number | undefined): Promise<Footing[]> {
  const uid = process.getuid?.()
  if (uid !== 0) {
    refuseForeignFiles(uid, ownerUid)
    return process.platform === 'linux'
      ? [{ prefix: DIE_WITH_US }, { prefix: [] }]
      : [{ prefix: [] }]
  }
  if (process.platform !== 'linux') {
    const message = 'Postgres does not run as root. Start as an ordinary user, or set DATABASE_URL.'
    throw new HoldfastError('database_failed', { message })
  }
  const accounts = await readAccounts()
  const owner = ownerUid === undefined || ownerUid === 0 ? undefined : ownerUid
  if (owner !== undefined)
    return [asAccount(accounts.find((it) => it.uid === owner) ?? bare(owner))]
  const account = plainAccount(accounts)
  return [inPlace(account), asAccount(account)]
}

// In a user namespace of its own the process is another account to itself and to Postgres, and root
// to the rest of the machine: it works where only root may enter, and owns what root owns. The
// number must have a name in /etc/passwd: initdb stops without one.
function inPlace({ uid, gid }: Account): Footing {
  const enter = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`]
  return { prefix: [...enter, ...DIE_WITH_US] }
}

// Two calls: a change of account clears the death signal, so that must be set after it.
function asAccount(account: Account): Footing {
  const change = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups']
  return { prefix: ['setpriv', ...change, '--', ...DIE_WITH_US], account }
}

function plainAccount(accounts: Account[]): Account {
  for (const name of ['postgres', 'nobody']) {
    const found = accounts.find((it) => it.name === name && it.uid !== 0)
    if (found !== undefined) return found
  }
  return accounts.find((it) => it.uid !== 0) ?? bare(65_534)
}

const bare = (uid: number): Account => ({ name: `user ${uid}`, uid, gid: uid })

async function readAccounts(): Promise<Account[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map((fields) => ({ name: fields[0] ?? '', uid: Number(fields[2]), gid: Number(fields[3]) }))
}

function refuseForeignFiles(uid: number | undefined, ownerUid: number | undefined): void {
  if (ownerUid === undefined || uid === undefined || ownerUid === uid) return
  const message = `The database files belong to user id ${ownerUid}, this process runs as ${uid}. Start it as that user.`
  throw new HoldfastError('database_failed', { message })
}
