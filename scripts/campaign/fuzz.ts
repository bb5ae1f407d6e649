import { rootCertificates } from 'node:tls';
import { splitPem } from '../../electron/pki/pem.ts';
import { makeCa, makeLeaf } from '../../test/make/certificates.ts';
import { type Chance, makeChance } from '../../test/make/random.ts';
import type { Campaign, Outcome } from './campaign.ts';
import { breakBytes, breakStructure } from './fuzz/break-der.ts';
import { compareCertificate } from './fuzz/certificates.ts';
import type { Reader } from './fuzz/reader.ts';
import { readers } from './fuzz/readers.ts';
import { Tally } from './fuzz/tally.ts';

/** More processor time than this for one input is a finding. */
const mostMs = 1000;

/** Half of the rounds are certificates, the other half goes to the other readers. */
export const fuzz: Campaign = {
  about:
    'Broken input for every reader of what others write. A reader answers or refuses in its own words, soon; of a certificate that both read, OpenSSL must say the same about SHA-256, serial, subject, SAN, dates and key.',
  rounds: 200_000,
  async run(rounds, seed): Promise<Outcome> {
    const chance = makeChance(seed);
    const certificates = new Tally();
    const others = new Tally();
    const corpus = makeCorpus();
    const all = (await readers()).flatMap((reader) => Array<Reader>(reader.share).fill(reader));
    let mostMemory = 0;
    for (let round = 0; round < rounds; round += 1) {
      if (round % 1000 === 0) mostMemory = Math.max(mostMemory, process.memoryUsage.rss());
      if (round % 2 === 0) certificate(corpus, chance, certificates);
      else readOne(chance.pick(all), chance, others);
    }
    return {
      figures: [
        ...certificates.figures().map(([what, figure]): [string, string] => [`certificate: ${what}`, figure]),
        ...others.figures(),
        ['memory at most', `${Math.round(mostMemory / 2 ** 20)} MiB`],
      ],
      findings: [...certificates.findings, ...others.findings],
    };
  },
};

/** What the runtime trusts, from many CAs and many years, and what we make. */
function makeCorpus(): Buffer[] {
  const ca = makeCa({ commonName: 'Zürich, "CA" + more\\', permittedNames: ['example.org'] });
  const leaf = makeLeaf(ca, { names: ['www.example.org', '*.example.org', '10.0.0.1', '2001:db8::1'] });
  const pems = [ca.certPem, leaf.certPem, leaf.certPem, ...rootCertificates];
  return pems.flatMap((pem) => splitPem(pem).map(({ der }) => der));
}

function certificate(corpus: readonly Buffer[], chance: Chance, tally: Tally): void {
  const der = chance.pick(corpus);
  const broken =
    chance.int(2) === 0 ? breakBytes(der, chance) : breakStructure(der, chance.pick(corpus), chance);
  timed('a certificate', broken, tally, () => compareCertificate(broken, tally));
}

function readOne(reader: Reader, chance: Chance, tally: Tally): void {
  const input = reader.make(chance);
  timed(reader.name, input, tally, () => {
    try {
      reader.read(input);
      tally.count(`${reader.name}: read`);
    } catch (error) {
      if (reader.refuses(error)) tally.count(`${reader.name}: refused`);
      else
        tally.found(
          `${reader.name}: an error that is no refusal`,
          `${String(error)}, ${input.toString('base64')}`,
        );
    }
  });
}

function timed(name: string, input: Buffer, tally: Tally, work: () => void): void {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  if (took > mostMs) tally.found(`${name}: too slow`, `${Math.round(took)} ms, ${input.toString('base64')}`);
}
