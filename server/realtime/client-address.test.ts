/** Whose address counts behind proxies, and which addresses are one network. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

import { describe, expect, test } from '@jest/globals';

import { addressReader, networkOf } from './client-address.js';

/** A request as it comes from this peer. */
function request(remoteAddress: string | undefined, forwardedFor?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const message = new IncomingMessage(socket);
  if (forwardedFor) message.headers['x-forwarded-for'] = forwardedFor;
  return message;
}

describe('the client is', () => {
  const cases: [
    trust: number | boolean | string,
    remote: string | undefined,
    header: string | undefined,
    client: string,
  ][] = [
    [false, '10.0.0.1', '1.2.3.4', '10.0.0.1'],
    [0, '10.0.0.1', '1.2.3.4', '10.0.0.1'],
    [1, '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    [1, '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'], // the first was made up by the client
    [2, '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
    [1, '10.0.0.1', undefined, '10.0.0.1'],
    [true, '10.0.0.1', '1.2.3.4, 10.0.0.2', '1.2.3.4'],
    ['10.0.0.0/8', '10.0.0.1', '1.2.3.4, 10.0.0.2', '1.2.3.4'],
    ['10.0.0.0/8', '9.9.9.9', '1.2.3.4', '9.9.9.9'],
    ['loopback, 10.0.0.1', '127.0.0.1', '1.2.3.4, 10.0.0.1', '1.2.3.4'],
    [false, undefined, '1.2.3.4', ''], // gone already
  ];
  test.each(cases)('with TRUST_PROXY %s, from %s, forwarded for %s: %s', (trust, remote, header, client) => {
    expect(addressReader(trust)(request(remote, header))).toBe(client);
  });

  test('addresses to trust that are none are told at start', () => {
    expect(() => addressReader('nonsense')).toThrow(/nonsense/);
  });
});

describe('one network is', () => {
  const cases: [address: string, network: string][] = [
    ['1.2.3.4', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8::', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['', ''],
  ];
  test.each(cases)('%s in %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
