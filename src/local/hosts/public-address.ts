import { BlockList, isIPv4 } from 'node:net';

/** Addresses of networks of one's own, of this machine, of clouds' services, and such as mean none of the internet. */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Within 2000::/3, outside of which nothing is public: Teredo, ORCHID, documentation, 6to4. */
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const blocked = new BlockList();
for (const range of NOT_PUBLIC_4) add(range, 'ipv4');
for (const range of NOT_PUBLIC_6) add(range, 'ipv6');
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

function add(range: string, family: 'ipv4' | 'ipv6'): void {
  const [network = '', prefix = ''] = range.split('/');
  blocked.addSubnet(network, Number(prefix), family);
}

/**
 * Whether an address belongs to the internet at large (IANA's registries of special-purpose addresses). What carries an
 * IPv4 address within an IPv6 one does not: it is reached by its own name.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !blocked.check(address, 'ipv4');
  return global.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}
