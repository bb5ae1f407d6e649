import { Failure } from '#shared/failure.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { RestoreReport } from '../endpoint.ts';
import { FileEndpoint } from './file-endpoint.ts';

/** What was read of such a server at one moment. */
export interface ServerView {
  nodes: readonly { node: DiscoveredNode }[];
  /** Where a path leads: two names of one file give the same. */
  real: (path: string) => string;
}

/**
 * A server whose configuration files name those of its certificates and keys, and which may die of a reload. What was
 * just read of it is kept for one question behind it, until something is done.
 */
export abstract class ServerEndpoint<View extends ServerView> extends FileEndpoint {
  /** As `nodes` or `plan` has just read it; null: it was asked, or something was done since. */
  #justRead: View | null = null;
  /** How to start the server again should it die of what we do: set once it was seen running before a change. */
  #startCommand: string[] | null = null;

  /** What people call it, and a node of it. */
  protected abstract readonly words: { server: string; node: string };
  /** Everything, read now. */
  protected abstract view(): Promise<View>;

  protected get startCommand(): string[] | null {
    return this.#startCommand;
  }

  /** `view` is what the next question is answered from. */
  protected keepView(view: View): void {
    this.#justRead = view;
  }

  protected forgetView(): void {
    this.#justRead = null;
  }

  /** What was kept, once; else it is read now. */
  protected async viewJustRead(): Promise<View> {
    const view = this.#justRead ?? (await this.view());
    this.#justRead = null;
    return view;
  }

  /** The node of this key that can be installed on. `node.missing`, `node.not-installable`. */
  protected chosenOf(view: View, nodeKey: string): View['nodes'][number] {
    const chosen = view.nodes.find(({ node }) => node.key === nodeKey);
    if (chosen === undefined) {
      const { server, node } = this.words;
      throw new Failure(
        'node.missing',
        `${server} on ${this.connection.description} has no ${node} "${nodeKey}".`,
        { hint: 'Its addresses or names may have changed. Discover the nodes again.' },
      );
    }
    if (chosen.node.notInstallable !== null)
      throw new Failure('node.not-installable', chosen.node.notInstallable);
    return chosen;
  }

  override async snapshot(plan: InstallPlan, tag: string): Promise<Snapshot> {
    const snapshot = await super.snapshot(plan, tag);
    this.#startCommand = snapshot.startAgain ?? null;
    return snapshot;
  }

  override restore(snapshot: Snapshot): Promise<RestoreReport> {
    this.forgetView();
    this.#startCommand = snapshot.startAgain ?? null;
    return super.restore(snapshot);
  }

  override async discard(...what: Parameters<FileEndpoint['discard']>): Promise<void> {
    await super.discard(...what);
    this.#startCommand = null;
  }
}
