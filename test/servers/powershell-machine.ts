import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WindowsWorld } from './powershell-world.ts';

export interface MachineState {
  /** The language of scripts, as a policy has it. */
  restricted: boolean;
  /** What is printed beside answers, by a module that is loaded or by a program of the host. */
  noise: string;
  /** By name. */
  services: Record<string, 'Running' | 'Stopped' | 'broken'>;
}

/** A made-up Windows, all of it in a directory: its interpreters may be processes of their own. */
export class Machine {
  readonly world: WindowsWorld;
  readonly #state: string;
  readonly #incidents: string;

  constructor(directory: string) {
    this.world = new WindowsWorld(directory);
    this.#state = join(directory, 'state.json');
    this.#incidents = join(directory, 'incidents');
  }

  get state(): MachineState {
    const none = { restricted: false, noise: '', services: {} };
    return existsSync(this.#state) ? JSON.parse(readFileSync(this.#state, 'utf8')) : none;
  }

  change(some: Partial<MachineState>): void {
    writeFileSync(this.#state, JSON.stringify({ ...this.state, ...some }));
  }

  /** What an interpreter found wrong with what it was sent. */
  get incidents(): string[] {
    return existsSync(this.#incidents) ? readFileSync(this.#incidents, 'utf8').trimEnd().split('\n') : [];
  }

  found(incident: unknown): void {
    appendFileSync(this.#incidents, `${incident}\n`);
  }
}
