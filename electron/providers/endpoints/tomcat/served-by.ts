import type { TomcatSettings } from '#shared/catalog/endpoints/tomcat.ts';
import { Failure, isAboutConnection } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { EndpointSecrets } from '../common/tools.ts';
import type { Configuration } from './configuration.ts';
import { askManager, type Manager, reloadByManager } from './manager.ts';
import type { View } from './view.ts';
import { type Restart, restartFor, type Way, wayFor } from './ways.ts';

/** What makes this Tomcat serve a change, by the settings of its endpoint. */
export class ServedBy {
  readonly #settings: TomcatSettings;
  readonly #connection: HostConnection;
  readonly #secrets: EndpointSecrets;

  constructor(settings: TomcatSettings, connection: HostConnection, secrets: EndpointSecrets) {
    this.#settings = settings;
    this.#connection = connection;
    this.#secrets = secrets;
  }

  /** As `wayFor`. Asks the manager only where its text interface does not reach every connector. */
  way({ configuration, place }: View, edited: boolean): Promise<Way> {
    const { managerUrl: url } = this.#settings;
    const reachesAll = async () =>
      url === null || reachedByText(configuration, url) || this.#lets(configuration);
    return wayFor(this.#connection, this.#settings, place, { edited, reachesAll });
  }

  /** The same for a plan: a manager that does not let its user in is found before anything is ordered. As `askManager`. */
  async plannedWay(view: View, edited: boolean): Promise<Way> {
    const way = await this.way(view, edited);
    if (way.way === 'manager' && view.place.running !== null) await this.#asked(view.configuration);
    return way;
  }

  /** Null: the settings leave no way, which a plan says where it matters. */
  restart({ place }: View): Promise<Restart | null> {
    return restartFor(this.#connection, this.#settings, place).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'endpoint.restart-failed') return null;
      throw error;
    });
  }

  /** As `reloadByManager`. */
  reload({ configuration }: View): Promise<void> {
    return this.#manager(configuration, (one) => reloadByManager(this.#connection, one));
  }

  /** In words, as a part of a sentence. */
  async answers({ configuration }: View): Promise<string> {
    return (await this.#asked(configuration)).how;
  }

  #asked(configuration: Configuration): ReturnType<typeof askManager> {
    return this.#manager(configuration, (one) => askManager(this.#connection, one));
  }

  #lets(configuration: Configuration): Promise<boolean> {
    return this.#asked(configuration).then(
      ({ all }) => all,
      (error: unknown) => {
        if (error instanceof Failure && isAboutConnection(error)) throw error;
        return false;
      },
    );
  }

  async #manager<T>(configuration: Configuration, work: (manager: Manager) => Promise<T>): Promise<T> {
    const { managerUrl, managerUser: user } = this.#settings;
    const url = managerUrl ?? '';
    const password = await this.#secrets.open('manager_password');
    const onlyJmx = !reachedByText(configuration, url);
    return work({ url, user, password, onlyJmx }).finally(() => password?.wipe());
  }
}

/** The text interface of a manager knows the connectors of its own service, which is the one that has its port. */
function reachedByText({ connectors }: Configuration, url: string): boolean {
  const services = new Set(connectors.map(({ element }) => element.parent));
  if (services.size < 2) return true;
  const { port, protocol } = new URL(url);
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const own = connectors.find((one) => one.port === number)?.element.parent;
  return own !== undefined && connectors.every(({ tls, element }) => !tls || element.parent === own);
}
