/** Keeps a model's host from being the metadata service of a cloud: hosts with link-local addresses are refused. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

import type { Clock } from '../../support/clock.js';
import { ModelFault } from './types.js';

const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
// Metadata services of clouds that are not link-local.
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('fd20:ce::254', 'ipv6');

/** How long an answer of the name service is believed. */
const BELIEVED_MS = 60_000;

/** How an IPv6 address begins, in whole bytes, and where in it an IPv4 address then lies, byte by byte. */
interface Embedding {
  readonly begins: readonly number[];
  readonly at: readonly number[];
  /** Where `begins` lies, when it is not the first byte. */
  readonly from?: number;
  /** The IPv4 address is written with every bit turned. */
  readonly isTurned?: true;
}

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const LAST_FOUR = [12, 13, 14, 15];
const NAT64_LOCAL = [0x00, 0x64, 0xff, 0x9b, 0x00, 0x01];

/** Every form that a host or a gateway on its way takes for an IPv4 address (RFC 4291, 6052, 8215, 2765, 3056, 4380, 5214). */
const EMBEDDINGS: readonly Embedding[] = [
  { begins: zeros(12), at: LAST_FOUR }, // IPv4-compatible
  { begins: [...zeros(10), 0xff, 0xff], at: LAST_FOUR }, // IPv4-mapped
  { begins: [...zeros(8), 0xff, 0xff, 0, 0], at: LAST_FOUR }, // IPv4-translated
  { begins: [0x00, 0x64, 0xff, 0x9b, ...zeros(8)], at: LAST_FOUR }, // NAT64
  // NAT64 with a prefix of the network's own choice, 48 to 96 bits of it; the byte in the middle is skipped.
  { begins: NAT64_LOCAL, at: [6, 7, 9, 10] },
  { begins: NAT64_LOCAL, at: [7, 9, 10, 11] },
  { begins: NAT64_LOCAL, at: [9, 10, 11, 12] },
  { begins: NAT64_LOCAL, at: LAST_FOUR },
  { begins: [0x20, 0x02], at: [2, 3, 4, 5] }, // 6to4
  { begins: [0x20, 0x01, 0, 0], at: [4, 5, 6, 7] }, // Teredo: its server
  { begins: [0x20, 0x01, 0, 0], at: LAST_FOUR, isTurned: true }, // Teredo: its client
  { begins: [0x00, 0x00, 0x5e, 0xfe], from: 8, at: LAST_FOUR }, // ISATAP
  { begins: [0x02, 0x00, 0x5e, 0xfe], from: 8, at: LAST_FOUR },
];

/** The sixteen bytes of an IPv6 address without a zone. */
function bytesOf(address: string): number[] {
  // A URL writes it in groups of hexadecimal digits alone.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groupsOf = (part: string): string[] => part.split(':').filter((group) => group !== '');
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const left = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...left, ...after].flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** The IPv4 addresses that an IPv6 address may stand for. */
function embeddedIn(address: string): string[] {
  const bytes = bytesOf(address);
  return EMBEDDINGS.filter(({ begins, from = 0 }) =>
    begins.every((byte, index) => bytes[from + index] === byte),
  ).map(({ at, isTurned }) => at.map((index) => (bytes[index] ?? 0) ^ (isTurned ? 0xff : 0)).join('.'));
}

/** Whether an IP address is link-local or one of a cloud's metadata services, also when it is an IPv4 address written as IPv6. */
export function isForbidden(address: string): boolean {
  const [bare = ''] = address.split('%');
  if (isIP(bare) !== 6) return forbidden.check(bare, 'ipv4');
  return forbidden.check(bare, 'ipv6') || embeddedIn(bare).some((inside) => forbidden.check(inside, 'ipv4'));
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
