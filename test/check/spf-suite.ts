import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Lookup } from '../../check/dns';
import type { SpfDns } from '../../check/spf-tree';
import { hostName } from '../../lib/shared/host-name';

/** A group of cases that share their DNS. */
export interface Scenario {
  readonly description: string;
  readonly tests: { readonly [name: string]: SuiteCase };
  readonly zonedata: { readonly [name: string]: readonly ZoneRecord[] };
}

export interface SuiteCase {
  readonly mailfrom: string;
  readonly helo: string;
  /** What a receiver comes to; several if more than one is right. */
  readonly result: string | readonly string[];
}

/** A record by its type, or `TIMEOUT` for a name server that gives no answer. */
type ZoneRecord = 'TIMEOUT' | { readonly [type: string]: unknown };

const VERSION = '2.0.14';
const FOLDER = join(__dirname, '..', '..', '.local', 'spf-suite');
const FILE = join(FOLDER, `pyspf-${VERSION}`, 'test', 'rfc7208-tests.yml');

/**
 * The RFC 7208 test suite of openspf.org, release 2014.04, from the source package of pyspf; undefined when it is not
 * there and cannot be fetched.
 *
 * Its licence is a BSD one. It is fetched rather than copied, so that it stays with its authors.
 */
export function loadSuite(): readonly Scenario[] | undefined {
  if (!existsSync(FILE) && !fetchSuite()) return undefined;
  return loadAll(readFileSync(FILE, 'utf8')) as Scenario[];
}

function fetchSuite(): boolean {
  mkdirSync(FOLDER, { recursive: true });
  const archive = join(FOLDER, `pyspf-${VERSION}.tar.gz`);
  const python = process.env.PYTHON ?? 'python3';
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:'];
  try {
    execFileSync(python, [...pip, '--dest', FOLDER, `pyspf==${VERSION}`], { stdio: 'ignore', timeout: 60_000 });
    execFileSync('tar', ['-xzf', archive, '-C', FOLDER], { stdio: 'ignore' });
  } catch {
    rmSync(archive, { force: true });
  }
  return existsSync(FILE);
}

/** DNS as a scenario has it: a record of the former type SPF stands for one of type TXT, unless there is one. */
export function suiteDns({ zonedata }: Scenario): SpfDns {
  const names = new Map(Object.entries(zonedata).map(([name, records]) => [hostName(name), records]));

  function look<T>(name: string, type: string, read: (value: unknown) => T): Lookup<T> {
    const records = names.get(name);
    if (records === undefined) return { state: 'absent', reason: 'nxdomain' };
    const values = (of: string) => records.flatMap((each) => (each !== 'TIMEOUT' && of in each ? [each[of]] : []));
    const [alias] = values('CNAME');
    if (alias !== undefined) return look(hostName(alias as string), type, read);
    const own = values(type);
    const [first, ...others] = (own.length === 0 && type === 'TXT' ? values('SPF') : own).filter((v) => v !== 'NONE');
    if (first === undefined) {
      return records.includes('TIMEOUT')
        ? { state: 'failed', problem: 'timeout' }
        : { state: 'absent', reason: 'nodata' };
    }
    return { state: 'found', records: [read(first), ...others.map(read)] };
  }

  return {
    txt: (name) =>
      Promise.resolve(look(name, 'TXT', (value) => (Array.isArray(value) ? value.join('') : String(value)))),
    mx: (name) =>
      Promise.resolve(
        look(name, 'MX', (value) => {
          const [priority, exchange] = value as [number, string];
          return { priority, exchange: hostName(exchange) };
        }),
      ),
    addresses: (name) => {
      const ip4 = look(name, 'A', String);
      return Promise.resolve(ip4.state === 'absent' ? look(name, 'AAAA', String) : ip4);
    },
  };
}
