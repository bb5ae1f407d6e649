import { rootCertificates } from 'node:tls';
import { splitPem } from '../../electron/pki/pem.ts';
import { makeCa, makeLeaf } from '../../test/make/certificates.ts';
import { checkAfter, junkRound, procedures } from '../../test/make/junk/rounds.ts';
import { type JunkWorld, openJunkWorld } from '../../test/make/junk/world.ts';
import { type Chance, makeChance } from '../../test/make/random.ts';
import type { Campaign, Outcome } from './campaign.ts';
import { breakBytes, breakStructure } from './fuzz/break-der.ts';
import { compareCertificate } from './fuzz/certificates.ts';
import { openReaders } from './fuzz/open-readers.ts';
import { readOne, timed } from './fuzz/read-one.ts';
import type { Reader } from './fuzz/reader.ts';
import { Tally } from './fuzz/tally.ts';

/** More than this, and what strangers send decides over the memory of the agent. */
const mostMemoryBytes = 1024 * 2 ** 20;

/** Of so many rounds one is a procedure of the contract with junk. */
const junkEvery = 20;
/** So often the agent gets back what junk has removed. */
const refillEvery = 2000;

/** Half of the rounds are certificates, the other half goes to the other readers and to the procedures of the contract. */
export const fuzz: Campaign = {
  about:
    'Broken input for every reader of what others write, and junk made from its schema for every procedure of the contract, sent to a whole agent. A reader answers or refuses in its own words, soon; a procedure answers or fails with a code and a sentence, and nothing secret is in it. Of a certificate that both read, OpenSSL must say the same about SHA-256, serial, subject, SAN, dates and key.',
  rounds: 200_000,
  async run(rounds, seed): Promise<Outcome> {
    const certificates = new Tally();
    const others = new Tally();
    const note = (error: unknown): void => others.found('an error that no one caught', stackOf(error));
    process.on('unhandledRejection', note).on('uncaughtException', note);
    const world = await openJunkWorld();
    const open = await openReaders(world);
    try {
      const all = open.readers.flatMap((reader) => Array<Reader>(reader.share).fill(reader));
      const mostMemory = await allRounds({
        rounds,
        chance: makeChance(seed),
        all,
        world,
        certificates,
        others,
      });
      if (mostMemory > mostMemoryBytes) others.found('too much memory', mebibytes(mostMemory));
      await checkAfter(world, others);
      for (const wrong of await open.wrongNow()) others.found('afterwards', wrong);
      return outcomeOf(certificates, others, mostMemory);
    } finally {
      await open.close();
      await world.close();
      process.off('unhandledRejection', note).off('uncaughtException', note);
    }
  },
};

interface Rounds {
  rounds: number;
  chance: Chance;
  all: readonly Reader[];
  world: JunkWorld;
  certificates: Tally;
  others: Tally;
}

/** Gives the most memory that was taken, in bytes. */
async function allRounds({ rounds, chance, all, world, certificates, others }: Rounds): Promise<number> {
  const corpus = makeCorpus();
  let mostMemory = 0;
  for (let round = 0; round < rounds; round += 1) {
    if (round % 1000 === 0) mostMemory = Math.max(mostMemory, process.memoryUsage.rss());
    if (round % refillEvery === 0) await world.refill();
    if (round % 2 === 0) certificate(corpus, chance, certificates);
    else if (round % junkEvery === 1) await junkRound(world, chance.pick(procedures), chance, others);
    else await readOne(chance.pick(all), chance, others);
  }
  return mostMemory;
}

function outcomeOf(certificates: Tally, others: Tally, mostMemory: number): Outcome {
  const ofCertificates = certificates.figures();
  return {
    figures: [
      ...ofCertificates.map(([what, figure]): [string, string] => [`certificate: ${what}`, figure]),
      ...others.figures(),
      ['procedures of the contract', String(procedures.length)],
      ['memory at most', mebibytes(mostMemory)],
    ],
    findings: [...certificates.findings, ...others.findings],
  };
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

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
