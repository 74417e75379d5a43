/** Whose address counts when proxies stand before us: the same reading of TRUST_PROXY as Express has. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import proxyAddr from 'proxy-addr';

type Trust = (address: string, hop: number) => boolean;

/** @param trustProxy a number of proxies, all or none, or addresses separated by commas; throws when those are none */
export function addressReader(trustProxy: number | boolean | string): (request: IncomingMessage) => string {
  const trust: Trust =
    typeof trustProxy === 'number'
      ? (_address, hop) => hop < trustProxy
      : typeof trustProxy === 'boolean'
        ? () => trustProxy
        : proxyAddr.compile(trustProxy.split(',').map((part) => part.trim()));
  return (request) => (request.socket.remoteAddress === undefined ? '' : proxyAddr(request, trust));
}

/** One person's network: an IPv4 address, or the /64 of an IPv6 one. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice(7);
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const missing = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  return [...left, ...Array<string>(missing).fill('0'), ...right].slice(0, 4).join(':');
}
