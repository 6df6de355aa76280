/** Ethernet frames for tests, as hexadecimal text with the fields apart. */
export function frame(...fields: readonly string[]): Buffer {
  return Buffer.from(fields.join('').replaceAll(/[\s:]/g, ''), 'hex');
}

export const CLIENT_MAC = '02:42:ac:12:00:05';
export const WORKER_MAC = '02:42:ac:12:00:02';
export const OTHER_MAC = '02:42:ac:12:00:03';
const ALL = 'ff:ff:ff:ff:ff:ff';

/** 172.18.255.240, 172.18.0.5, fd00::fff0 and fd00::5. */
const VIP4 = 'ac12fff0';
const CLIENT4 = 'ac120005';
const VIP6 = 'fd000000000000000000 00000000fff0';
const CLIENT6 = 'fd000000000000000000 000000000005';
const WORKER6 = 'fe800000000000000042acfffe120002';
const ALL_NODES6 = 'ff020000000000000000000000000001';
const SOLICITED_NODE6 = 'ff0200000000000000000001ff00fff0';

const ARP = '0806 0001 0800 06 04';
const REQUEST = '0001';
const REPLY = '0002';
const NOBODY = '00:00:00:00:00:00';

export const WHO_HAS = frame(ALL, CLIENT_MAC, ARP, REQUEST, CLIENT_MAC, CLIENT4, NOBODY, VIP4);
export const WHO_HAS_OF_ONE = frame(WORKER_MAC, CLIENT_MAC, ARP, REQUEST, CLIENT_MAC, CLIENT4, NOBODY, VIP4);
export const isAt = (mac: string) => frame(CLIENT_MAC, mac, ARP, REPLY, mac, VIP4, CLIENT_MAC, CLIENT4);
export const GRATUITOUS_REQUEST = frame(ALL, WORKER_MAC, ARP, REQUEST, WORKER_MAC, VIP4, ALL, VIP4);
export const GRATUITOUS_REPLY = frame(ALL, WORKER_MAC, ARP, REPLY, WORKER_MAC, VIP4, ALL, VIP4);

/** Version, traffic class and flow label; 32 octets of ICMPv6 with a hop limit of 255. */
const ipv6 = (from: string, to: string, hopLimit = 'ff') => `86dd 60000000 0020 3a ${hopLimit} ${from} ${to}`;
const solicitation = (option: string) => `87 00 0000 00000000 ${VIP6} ${option}`;
const advertisement = (flags: string, option: string) => `88 00 0000 ${flags}000000 ${VIP6} ${option}`;
const sourceOption = (mac: string) => `01 01 ${mac}`;
const targetOption = (mac: string) => `02 01 ${mac}`;

export const SOLICITATION = frame(
  '33:33:ff:00:ff:f0',
  CLIENT_MAC,
  ipv6(CLIENT6, SOLICITED_NODE6),
  solicitation(sourceOption(CLIENT_MAC)),
);
export const SOLICITATION_OF_ONE = frame(
  WORKER_MAC,
  CLIENT_MAC,
  ipv6(CLIENT6, VIP6),
  solicitation(sourceOption(CLIENT_MAC)),
);
export const SOLICITATION_FROM_BEYOND = frame(
  WORKER_MAC,
  CLIENT_MAC,
  ipv6(CLIENT6, VIP6, 'fe'),
  solicitation(sourceOption(CLIENT_MAC)),
);
/** Solicited, without override. */
export const advertised = (mac: string) =>
  frame(CLIENT_MAC, mac, ipv6(WORKER6, CLIENT6), advertisement('40', targetOption(mac)));
/** Override, as router. */
export const UNSOLICITED = frame(
  '33:33:00:00:00:01',
  WORKER_MAC,
  ipv6(WORKER6, ALL_NODES6),
  advertisement('a0', targetOption(OTHER_MAC)),
);
export const WITHOUT_OPTION = frame(
  CLIENT_MAC,
  WORKER_MAC,
  ipv6(WORKER6, CLIENT6),
  advertisement('60', '00 00 000000000000'),
);
