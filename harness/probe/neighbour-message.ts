import ipaddr from 'ipaddr.js';

import { canonical, type Family } from '../../base/addresses.ts';

/** One ARP (RFC 826) or NDP (RFC 4861) packet that is about the link-layer address of an address. */
export interface NeighbourMessage {
  family: Family;
  /** The address that it is about, in canonical text. */
  address: string;
  /**
   * `who-has`, `is-at`: ARP request and reply. `gratuitous`: ARP that nobody has asked for (RFC 5227, 3).
   * `solicitation`, `advertisement`, `unsolicited`: NDP's counterparts.
   */
  message: 'who-has' | 'is-at' | 'gratuitous' | 'solicitation' | 'advertisement' | 'unsolicited';
  /** The MAC address that it tells: of who asks, or of who has the address. */
  mac: string;
  /** Of the frame; another one than `mac` where somebody tells another's. */
  sender: string;
  /** The one that it was sent to; undefined: all, by broadcast or multicast. */
  receiver: string | undefined;
  /** Of a gratuitous ARP: which of the two forms that there are. */
  form?: 'request' | 'reply';
  /** The flags of an advertisement (RFC 4861, 4.4). */
  flags?: { router: boolean; solicited: boolean; override: boolean };
}

const ETHERNET_BYTES = 14;
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV6 = 0x86dd;
const ARP_BYTES = 28;
const ARP_REQUEST = 1;
const ARP_REPLY = 2;
const IPV6_BYTES = 40;
const ICMPV6 = 58;
/** Of any other, somebody beyond the link has sent it (RFC 4861, 7.1). */
const HOP_LIMIT = 255;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
/** Type, code, checksum, flags and target. */
const NDP_BYTES = 24;
const SOURCE_LINK_LAYER = 1;
const TARGET_LINK_LAYER = 2;

/** Reads an Ethernet frame; undefined where it is neither ARP nor a neighbour solicitation or advertisement. */
export function neighbourMessage(frame: Buffer): NeighbourMessage | undefined {
  if (frame.length < ETHERNET_BYTES) return undefined;
  const payload = frame.subarray(ETHERNET_BYTES);
  const ends = {
    sender: macAt(frame, 6),
    // The lowest bit of the first octet is the group bit (IEEE 802).
    receiver: (frame.readUInt8(0) & 1) === 1 ? undefined : macAt(frame, 0),
  };
  const type = frame.readUInt16BE(12);
  if (type === ETHERTYPE_ARP) return arp(payload, ends);
  return type === ETHERTYPE_IPV6 ? ndp(payload, ends) : undefined;
}

type Ends = Pick<NeighbourMessage, 'sender' | 'receiver'>;

function arp(packet: Buffer, ends: Ends): NeighbourMessage | undefined {
  // Ethernet (1), IPv4 (0x0800), and their addresses' lengths.
  if (packet.length < ARP_BYTES || packet.toString('hex', 0, 6) !== '000108000604') return undefined;
  const operation = packet.readUInt16BE(6);
  const sender = addressAt(packet, 14, 4);
  const target = addressAt(packet, 24, 4);
  const common = { family: 'IPv4', mac: macAt(packet, 8), ...ends } as const;
  if (operation !== ARP_REQUEST && operation !== ARP_REPLY) return undefined;
  const form = operation === ARP_REQUEST ? 'request' : 'reply';
  // A reply to all answers nobody's question.
  if (sender === target || (form === 'reply' && ends.receiver === undefined)) {
    return { ...common, address: sender, message: 'gratuitous', form };
  }
  return form === 'request'
    ? { ...common, address: target, message: 'who-has' }
    : { ...common, address: sender, message: 'is-at' };
}

function ndp(packet: Buffer, ends: Ends): NeighbourMessage | undefined {
  if (packet.length < IPV6_BYTES + NDP_BYTES) return undefined;
  if (packet.readUInt8(6) !== ICMPV6 || packet.readUInt8(7) !== HOP_LIMIT) return undefined;
  const body = packet.subarray(IPV6_BYTES);
  const type = body.readUInt8(0);
  const common = { family: 'IPv6', address: addressAt(body, 8, 16), ...ends } as const;
  if (type === SOLICITATION) {
    const mac = linkLayerOption(body, SOURCE_LINK_LAYER) ?? ends.sender;
    return { ...common, message: 'solicitation', mac };
  }
  if (type !== ADVERTISEMENT) return undefined;
  const bits = body.readUInt8(4);
  const flags = {
    router: (bits & 0x80) !== 0,
    solicited: (bits & 0x40) !== 0,
    override: (bits & 0x20) !== 0,
  };
  return {
    ...common,
    message: flags.solicited ? 'advertisement' : 'unsolicited',
    mac: linkLayerOption(body, TARGET_LINK_LAYER) ?? ends.sender,
    flags,
  };
}

/** The link-layer address in an NDP packet's options, whose lengths are in units of 8 octets (RFC 4861, 4.6). */
function linkLayerOption(body: Buffer, wanted: number): string | undefined {
  for (let at = NDP_BYTES; at + 8 <= body.length;) {
    const length = 8 * body.readUInt8(at + 1);
    if (length === 0) return undefined;
    if (body.readUInt8(at) === wanted) return macAt(body, at + 2);
    at += length;
  }
  return undefined;
}

function macAt(buffer: Buffer, at: number): string {
  return [...buffer.subarray(at, at + 6)].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

function addressAt(buffer: Buffer, at: number, length: number): string {
  return canonical(ipaddr.fromByteArray([...buffer.subarray(at, at + length)]));
}

/** What a message says, for people. `nameOf`: who has a MAC address, such as a node's name. */
export function sentenceOf(message: NeighbourMessage, nameOf: (mac: string) => string | undefined): string {
  const { address, mac, sender, receiver, form, flags } = message;
  const name = (one: string) => nameOf(one) ?? one;
  const full = nameOf(mac) === undefined ? mac : `${nameOf(mac)} (${mac})`;
  const by = sender === mac ? '' : `, says ${name(sender)}`;
  switch (message.message) {
    case 'who-has':
    case 'solicitation': {
      const protocol = message.message === 'who-has' ? 'ARP' : 'NDP';
      const whom = receiver === undefined ? 'all' : name(receiver);
      return `${protocol}: ${name(mac)} asks ${whom} who has ${address}${by}`;
    }
    case 'is-at':
      return `ARP: ${full} has ${address}, the answer to ${receiver === undefined ? 'all' : name(receiver)}${by}`;
    case 'gratuitous':
      return `gratuitous ARP (${form}): ${full} has ${address}${by}`;
    case 'advertisement': {
      const whom = receiver === undefined ? 'all' : name(receiver);
      return `NDP: ${full} has ${address}, the answer to ${whom}${flagsIn(flags)}${by}`;
    }
    default:
      return `unsolicited NA: ${full} has ${address}${flagsIn(flags)}${by}`;
  }
}

function flagsIn(flags: NeighbourMessage['flags']): string {
  return `, ${flags?.override ? 'override' : 'no override'}${flags?.router ? ', router' : ''}`;
}
