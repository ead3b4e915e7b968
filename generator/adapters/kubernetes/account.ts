import type { RequestOptions } from 'node:https';
import { ToolError } from '../../model/diagnostic.ts';
import type { TlsOptions } from '../http/dispatcher.ts';
import type { ChosenContext } from './kubeconfig.ts';
import { shellCommand } from '../../util/shell.ts';

/** How long credentials are used before they are asked for again; programs that issue tokens are slow. */
const credentialsLast = 60_000;
export interface Account {
  readonly tls: TlsOptions;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Credentials {
  current(): Promise<Account>;
  forget(): void;
}

/** What the client library makes of the account: headers and certificates. */
export function createCredentials({ name, server, config }: ChosenContext, timeout: number): Credentials {
  let known: { readonly account: Promise<Account>; readonly until: number } | undefined;
  const load = async (): Promise<Account> => {
    const options: RequestOptions = {};
    try {
      await inTime(config.applyToHTTPSOptions(options), timeout);
    } catch (error) {
      const said = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
      throw new ToolError(
        'drift/context',
        `${server} (context "${name}") cannot be asked, for its credentials cannot be had: ${said}.`,
        `See \`${shellCommand('kubectl', '--context', name, 'version')}\`.`,
        { cause: error },
      );
    }
    return accountOf(options);
  };
  return {
    current() {
      if (known === undefined || known.until < Date.now())
        known = { account: load(), until: Date.now() + credentialsLast };
      return known.account;
    },
    forget: () => (known = undefined),
  };
}

function accountOf({
  ca,
  cert,
  key,
  pfx,
  passphrase,
  rejectUnauthorized,
  servername,
  headers,
  auth,
}: RequestOptions): Account {
  const tls = {
    ca,
    cert,
    key,
    pfx,
    passphrase,
    servername,
    ...(rejectUnauthorized === false ? { insecure: true } : {}),
  };
  const given = Object.entries({ ...(headers as Record<string, unknown> | undefined) }).flatMap(([header, value]) =>
    value === undefined ? [] : [[header.toLowerCase(), String(value)] as const],
  );
  const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return {
    tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)) as TlsOptions,
    headers: { ...Object.fromEntries(given), ...basic },
  };
}

async function inTime<T>(work: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`it took longer than ${limit / 1000} seconds`)), limit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
