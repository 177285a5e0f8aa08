/** Where the platform can be reached, by whom, and whether keys and data travel there in clear. */
import type { Config } from '../config';
import { isLoopback } from '../monitoring/host-names';
import { refuseUnsafe } from '../security/posture';
import type { Answer } from './finding';
import { messageOf, note, ok, wrong } from './finding';

const MACHINE_ALONE = 'only programs of this machine reach it';

export function checkApiAddress({ host, port, tls, behindProxy, publicHosts, environment }: Config): Answer {
  const url = `http${tls === undefined ? '' : 's'}://${host}:${port}`;
  try {
    refuseUnsafe({ host, tls, behindProxy, environment, insecure: false });
  } catch (error) {
    return wrong(url, messageOf(error));
  }
  const speaks = behindProxy ? 'behind a proxy' : tls === undefined ? 'without TLS' : 'with TLS';
  if (isLoopback(host)) return ok(`${url}, ${speaks}; ${behindProxy ? 'others reach it there' : MACHINE_ALONE}`);
  return publicHosts.length > 0
    ? ok(`${url}, ${speaks}; requests for ${publicHosts.join(', ')} are taken`)
    : note(`${url}, ${speaks}; requests for any host name are taken`, 'Set OMNI_PUBLIC_HOSTS to its names.');
}

export function checkWorkerAddress({ worker: { host, port } }: Config): Answer {
  const where = `probes and metrics of a worker at ${host}:${port}`;
  return isLoopback(host)
    ? ok(`${where}; ${MACHINE_ALONE}`)
    : note(`${where}; others reach them, and no key is asked for`, `Keep port ${port} on a closed network.`);
}

export function checkTemporalAddress({ temporal: { address, apiKey, port, uiPort } }: Config): Answer {
  if (address === undefined)
    return ok(`npm start serves it at 127.0.0.1:${port}, its Web UI at 127.0.0.1:${uiPort}; ${MACHINE_ALONE}`);
  if (apiKey !== undefined) return ok(`${address}, with TLS and an API key`);
  if (isLoopback(hostOf(address))) return ok(`${address}; ${MACHINE_ALONE}`);
  return note(
    `${address}, without TLS and without a key: whoever reaches it starts, ends and reads executions`,
    'Keep it on a closed network (docs/operations.md), or use a server that asks for a key (TEMPORAL_API_KEY).',
  );
}

export function checkDatabaseAddress({ database }: Config): Answer {
  if (database.url === undefined) return ok(`npm start serves it at 127.0.0.1:${database.port}; ${MACHINE_ALONE}`);
  const { host, hostname, searchParams } = new URL(database.url);
  if (isLoopback(hostname)) return ok(`${host}; ${MACHINE_ALONE}`);
  const mode = searchParams.get('sslmode') ?? 'disable';
  return mode === 'disable'
    ? note(
        `${host}, without TLS: the password and all rows travel in clear`,
        'Add sslmode=verify-full to DATABASE_URL, unless the network is closed.',
      )
    : ok(`${host}, sslmode=${mode}`);
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '');
}
