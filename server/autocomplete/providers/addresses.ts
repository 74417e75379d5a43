/** Keeps a model's host from being the metadata service of a cloud: hosts with link-local addresses are refused. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

import type { Clock } from '../../support/clock.js';
import { ModelFault } from './types.js';

const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
// One cloud's metadata service, which is not link-local.
forbidden.addAddress('fd00:ec2::254', 'ipv6');

/** How long an answer of the name service is believed. */
const BELIEVED_MS = 60_000;

/** IPv4 addresses written as IPv6 are judged as IPv4. */
export function isForbidden(address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return forbidden.check(address, family);
}

export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveAll: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * A check to make before each call: throws ModelFault `forbidden-address` or `unreachable`. A name that changes its
 * address between this check and the connection passes; the name is the operator's own choice.
 */
export function addressCheck(url: string, clock: Clock, resolve: Resolve = resolveAll): () => Promise<void> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  let checkedMs: number | null = null;
  return async () => {
    if (checkedMs !== null && clock.now() - checkedMs < BELIEVED_MS) return;
    let addresses: readonly string[];
    try {
      addresses = isIP(host) === 0 ? await resolve(host) : [host];
    } catch {
      throw new ModelFault('unreachable', 'the host has no address');
    }
    if (addresses.some(isForbidden)) {
      throw new ModelFault('forbidden-address', 'the host has a link-local address');
    }
    checkedMs = clock.now();
  };
}
