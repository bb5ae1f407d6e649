/**
 * The functions that a PAC file may call, as a script for the machine it runs in. What needs the world comes from
 * outside: `resolve(name, all)` gives an address (`all`: every one, joined by `;`) or null, `mine(all)` this machine's,
 * `within(address, network)`, and `note(text)`. Its clock is ours too.
 */
export const pacFunctions = String.raw`
(function (resolve, mine, within, note) {
  'use strict';
  const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
  const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
  const number = (address) => {
    const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(String(address));
    if (parts === null || parts.slice(1).some((part) => Number(part) > 255)) return null;
    return parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
  };
  const isAddress = (host) => number(host) !== null || String(host).includes(':');
  const between = (low, value, high) => (low <= high ? low <= value && value <= high : value >= low || value <= high);
  /** Takes GMT off the end; gives the parts of this moment, in local time without it. */
  const moment = (list) => {
    const gmt = String(list.at(-1)).toUpperCase() === 'GMT';
    if (gmt) list.pop();
    const now = new globalThis.Date();
    const get = (part) => (gmt ? now['getUTC' + part]() : now['get' + part]());
    return {
      year: get('FullYear'), month: get('Month'), date: get('Date'), day: get('Day'),
      seconds: get('Hours') * 3600 + get('Minutes') * 60 + get('Seconds'), hour: get('Hours'),
    };
  };
  const table = {
    isPlainHostName: (host) => !/[.:]/.test(host),
    dnsDomainIs: (host, domain) => String(host).endsWith(String(domain)),
    localHostOrDomainIs: (host, full) => host === full || String(full).startsWith(host + '.'),
    dnsDomainLevels: (host) => String(host).split('.').length - 1,
    shExpMatch(text, pattern) {
      const t = String(text);
      const p = String(pattern);
      if (p[0] === '*' && !p.includes('?') && !p.includes('*', 1)) return t.endsWith(p.slice(1));
      let i = 0, j = 0, star = -1, mark = 0;
      while (i < t.length) {
        if (p[j] === '*') { star = j++; mark = i; }
        else if (j < p.length && (p[j] === '?' || p[j] === t[i])) { i++; j++; }
        else if (star >= 0) { j = star + 1; i = ++mark; }
        else return false;
      }
      while (p[j] === '*') j++;
      return j === p.length;
    },
    dnsResolve: (host) => (number(host) === null ? resolve(String(host), false) : String(host)),
    isResolvable: (host) => table.dnsResolve(host) !== null,
    isInNet(host, pattern, mask) {
      const [at, net, bits] = [table.dnsResolve(host), pattern, mask].map(number);
      return at !== null && net !== null && bits !== null && ((at & bits) >>> 0) === ((net & bits) >>> 0);
    },
    myIpAddress: () => mine(false),
    dnsResolveEx: (host) => (isAddress(host) ? String(host) : resolve(String(host), true) ?? ''),
    isResolvableEx: (host) => table.dnsResolveEx(host) !== '',
    isInNetEx: (address, network) => within(String(address), String(network)),
    myIpAddressEx: () => mine(true),
    sortIpAddressList(list) {
      const all = String(list).split(';').map((one) => one.trim()).filter((one) => one !== '');
      return [...all.filter((one) => one.includes(':')), ...all.filter((one) => !one.includes(':'))].join(';');
    },
    getClientVersion: () => '1.0',
    weekdayRange(...list) {
      const { day } = moment(list);
      const [from, to = from] = list.map((name) => days.indexOf(String(name).toUpperCase()));
      return from >= 0 && to >= 0 && between(from, day, to);
    },
    dateRange(...list) {
      const now = moment(list);
      const kinds = list.map((part) => (typeof part === 'string' && Number.isNaN(Number(part)) ? 'month' : Number(part) > 31 ? 'year' : 'date'));
      const values = list.map((part, at) => (kinds[at] === 'month' ? months.indexOf(part.toUpperCase()) : Number(part)));
      const half = list.length === 1 ? 1 : list.length / 2;
      if (!Number.isInteger(half) || half < 1 || half > 3 || values.some((value) => !(value >= 0))) return false;
      const scale = { year: 10000, month: 100, date: 1 };
      const sum = (of) => kinds.slice(0, half).reduce((total, kind, at) => total + scale[kind] * of(kind, at), 0);
      const today = sum((kind) => now[kind]);
      const from = sum((_, at) => values[at]);
      const to = list.length === 1 ? from : sum((_, at) => values[half + at]);
      return kinds.includes('year') ? from <= today && today <= to : between(from, today, to);
    },
    timeRange(...list) {
      const now = moment(list);
      const n = list.map(Number);
      switch (n.length) {
        case 1: return now.hour === n[0];
        case 2: return between(n[0], now.hour, n[1]);
        case 4: return between(n[0] * 3600 + n[1] * 60, now.seconds, n[2] * 3600 + n[3] * 60 + 59);
        case 6: return between(n[0] * 3600 + n[1] * 60 + n[2], now.seconds, n[3] * 3600 + n[4] * 60 + n[5]);
        default: return false;
      }
    },
    alert: (text) => note(String(text)),
  };
  Object.assign(globalThis, table);
})
`;
