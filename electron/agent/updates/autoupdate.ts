import { join } from 'node:path';
import { asFailure, Failure } from '#shared/failure.ts';
import type { AutoupdateStatus } from '#shared/model/update.ts';
import { fetchFile } from '../../updates/fetch-file.ts';
import type { Offer } from '../../updates/offer.ts';
import { selfUpdating } from '../../updates/package-kind.ts';
import type { Ground } from '../domain.ts';
import { readsOfMark } from './aftermath.ts';
import { atWorkSentence, nothingToInstall, refuseAtWork, tasksAtWork, updatedByOthers } from './at-work.ts';
import { type InForce, inForce } from './in-force.ts';
import { lookForUpdate } from './look.ts';
import type { Phase } from './phase.ts';
import { Progress } from './progress.ts';
import { statusOf } from './status.ts';
import { readAutoupdate, readMemory, saveMemory } from './stored.ts';
import { isOpen, minuteOfDay } from './timing.ts';

/** One update at a time: asks for it, fetches it, and has it installed when it may be. */
export class Autoupdate {
  readonly #ground: Ground;
  readonly #progress: Progress;
  #byHand = false;
  #checking: Promise<void> | null = null;
  #downloading: Promise<void> | null = null;
  #stop: AbortController = new AbortController();
  /** A person said: as soon as no task works. */
  #wanted = false;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#progress = new Progress(ground);
  }

  status(): AutoupdateStatus {
    const { database, updates } = this.#ground.parts;
    const force = this.force();
    return statusOf({
      ...{ phase: this.#phase, force, byHand: this.#byHand, updates, canInstall: this.#canInstall() },
      ...{
        settings: readAutoupdate(database),
        memory: readMemory(database),
        waitsFor: this.#waitsFor(force),
      },
    });
  }

  force(): InForce {
    return inForce(readAutoupdate(this.#ground.parts.database), this.#updates);
  }

  /** Resolves when the feed has answered, or has not; how that went is the phase. */
  async check(byHand: boolean): Promise<void> {
    if (this.#phase.name !== 'checking') await this.#checking; // one that was given up ends first
    this.#checking ??= this.#check(byHand).finally(() => {
      this.#checking = null;
    });
    await this.#checking;
  }

  /** What a check, a download or an installation ended with; null: well. */
  failure(): Failure | null {
    return this.#phase.name === 'failed' ? this.#phase.failure : null;
  }

  /** Keeps what was fetched for the next try. */
  cancel(): void {
    if (this.#phase.name !== 'downloading')
      throw new Failure('update.nothing-to-cancel', 'No update is being downloaded.');
    this.#abort('the download was cancelled');
    this.#progress.to({ event: 'cancel' });
  }

  /** The next check comes within minutes, unless the last one was within the hour. */
  enable(): void {
    saveMemory(this.#ground.parts.database, { nextCheckAt: null });
  }

  /** Nothing is asked and nothing runs from here on. */
  disable(): void {
    this.#wanted = false;
    this.#abort('autoupdate was switched off');
    this.#progress.to({ event: 'disable' });
  }

  /** Downloads first, where that has not happened. Rejects with `update.busy` while a task works, unless it may wait. */
  async install(whenIdle: boolean): Promise<void> {
    const { database } = this.#ground.parts;
    if (!this.#canInstall()) throw updatedByOthers(this.#updates);
    this.#wanted = whenIdle;
    if (this.#phase.name !== 'ready') await this.#download();
    if (this.#phase.name === 'failed') throw this.#phase.failure;
    if (this.#phase.name !== 'ready') throw nothingToInstall(this.#phase);
    if (whenIdle && tasksAtWork(database).length > 0) return;
    refuseAtWork(database);
    await this.#installNow();
  }

  goBack(): Promise<void> {
    const { database } = this.#ground.parts;
    const { updater } = this.#updates;
    if (updater === null) throw updatedByOthers(this.#updates);
    refuseAtWork(database);
    return updater.goBack();
  }

  /** Installs what is ready where nothing is in the way. */
  async installIfDue(): Promise<void> {
    const force = this.force();
    const ready = this.#readyAndDue(force);
    if (ready === null || !this.#canInstall() || this.#waitsFor(force) !== null) return;
    const why = this.#wanted ? 'as soon as no task worked, as a person had asked' : 'automatically';
    this.#ground.parts.database.audit.append({
      ...{ at: this.#now(), origin: 'agent', actor: null, action: 'autoupdate.install', subject: null },
      ...{
        outcome: 'ok',
        sentence: `The installation of Trustkeep ${ready.offer.shown.version} was begun ${why}.`,
      },
    });
    await this.#installNow().catch(() => {}); // told by the phase
  }

  /** What the start found of an update that was begun before it. */
  foundFailed(failure: Failure): void {
    this.#progress.to({ event: 'fail', failure });
  }

  async stopped(): Promise<void> {
    this.#abort('the agent stops');
    await Promise.all([this.#checking, this.#downloading]);
  }

  get #phase(): Phase {
    return this.#progress.phase;
  }

  get #updates() {
    return this.#ground.parts.updates;
  }

  #now(): number {
    return this.#ground.parts.clock.now();
  }

  #canInstall(): boolean {
    return this.#updates.updater !== null && selfUpdating.includes(this.#updates.kind);
  }

  async #check(byHand: boolean): Promise<void> {
    const force = this.force();
    if (!this.#progress.to({ event: 'check' })) return;
    this.#byHand = byHand;
    const { signal } = this.#stop;
    try {
      const offer = await lookForUpdate(this.#updates, force, this.#progress.share(), signal);
      if (signal.aborted) return;
      this.#progress.to(offer === null ? { event: 'nothing-newer' } : { event: 'found', offer });
      this.#progress.remember(
        0,
        offer === null ? 'Nothing newer was offered.' : `Trustkeep ${offer.shown.version} was offered.`,
      );
    } catch (error) {
      if (signal.aborted) return;
      const failure = asFailure(error);
      this.#progress.to({ event: 'fail', failure });
      this.#progress.failedOnceMore(failure.message);
    }
    const { name } = this.#phase;
    if (name === 'available' && force.enabled && this.#canInstall()) {
      if (!this.#isGoneBackFrom(this.#phase.offer.shown.version)) void this.#download();
    }
  }

  /** Joins the one under way. Never rejects: how it went is the phase. */
  async #download(): Promise<void> {
    if (this.#phase.name !== 'downloading') await this.#downloading; // one that was given up ends first
    if (
      this.#downloading === null &&
      this.#progress.to({ event: 'download' }) &&
      this.#phase.name === 'downloading'
    )
      this.#downloading = this.#fetch(this.#phase.offer).finally(() => {
        this.#downloading = null;
      });
    await this.#downloading;
  }

  async #fetch(offer: Offer): Promise<void> {
    const { clock } = this.#ground.parts;
    const { signal } = this.#stop;
    const { url, statement, shown } = offer;
    const file = join(this.#updates.folder, 'pending', statement.name);
    try {
      const onProgress = (bytes: number) => this.#progress.to({ event: 'progress', bytes });
      await fetchFile({ get: this.#updates.get, clock, url, path: file, statement, onProgress, signal });
      if (signal.aborted) return;
      this.#progress.to({ event: 'downloaded', file });
      this.#progress.tellReady(shown.version);
    } catch (error) {
      if (signal.aborted) return;
      this.#progress.to({ event: 'fail', failure: asFailure(error) });
      this.#progress.failedOnceMore(asFailure(error).message);
    }
  }

  async #installNow(): Promise<void> {
    const { updater } = this.#updates;
    const phase = this.#phase;
    if (phase.name !== 'ready' || updater === null || !this.#progress.to({ event: 'install' })) return;
    this.#wanted = false;
    const { statement, signatures } = phase.offer;
    try {
      await updater.install({ file: phase.file, statement, signatures });
    } catch (error) {
      const failure = asFailure(error);
      this.#progress.to({ event: 'fail', failure });
      throw failure;
    }
  }

  /** Where the update is to be installed without another word of a person; null elsewhere. */
  #readyAndDue(force: InForce): (Phase & { name: 'ready' }) | null {
    const phase = this.#phase;
    if (phase.name !== 'ready') return null;
    if (this.#wanted) return phase;
    const isAutomatic = force.enabled && force.install === 'automatic';
    return isAutomatic && !this.#isGoneBackFrom(phase.offer.shown.version) ? phase : null;
  }

  /** Null: nothing. */
  #waitsFor(force: InForce): string | null {
    if (this.#readyAndDue(force) === null) return null;
    const tasks = tasksAtWork(this.#ground.parts.database);
    if (tasks.length > 0) return `It will be installed when that is done. ${atWorkSentence(tasks)}`;
    if (this.#wanted || isOpen(force.window, minuteOfDay(this.#now()))) return null;
    return `It will be installed between ${force.window.replace('-', ' and ')}.`;
  }

  #isGoneBackFrom(version: string): boolean {
    return readsOfMark(this.#updates.mark(), this.#updates.version).goneBackFrom === version;
  }

  /** What is under way ends; what begins after this is not ended by it. */
  #abort(why: string): void {
    this.#stop.abort(new Error(why));
    this.#stop = new AbortController();
  }
}
