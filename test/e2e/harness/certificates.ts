import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import { createSecureContext } from 'node:tls';

/** A certificate authority that lives as long as the run. */
export interface Authority {
  /** What a client has to trust. */
  readonly bundle: string;
  contextFor(host: string): SecureContext;
  filesFor(host: string): { readonly key: Buffer; readonly cert: Buffer };
}

export function createAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true });
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-batch'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=e2e', '-days', '2');
  const known = new Map<string, SecureContext>();
  const filesFor: Authority['filesFor'] = (host) => {
    if (!/^[a-z0-9.-]+$/i.test(host)) throw new Error(`${host} is no host`);
    const files = { key: `${host}.key`, csr: `${host}.csr`, pem: `${host}.pem`, ext: `${host}.ext` };
    if (!existsSync(join(folder, files.pem))) {
      writeFileSync(join(folder, files.ext), `subjectAltName=DNS:${host}\nextendedKeyUsage=serverAuth\n`);
      openssl('req', ...key, '-keyout', files.key, '-out', files.csr, '-subj', '/CN=host');
      const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
      openssl('x509', '-req', '-in', files.csr, ...signer, '-extfile', files.ext, '-out', files.pem);
    }
    return { key: readFileSync(join(folder, files.key)), cert: readFileSync(join(folder, files.pem)) };
  };
  return {
    bundle: join(folder, 'ca.pem'),
    filesFor,
    contextFor(host) {
      const context = known.get(host) ?? createSecureContext(filesFor(host));
      known.set(host, context);
      return context;
    },
  };
}
