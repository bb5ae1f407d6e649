import type { Found } from '#shared/model/found.ts';
import type { Overview } from '#shared/model/overview.ts';
import type { RowSealer } from '../secrets/envelope.ts';
import { ApprovalRepository } from './approvals.ts';
import { AuditRepository } from './audit.ts';
import { AuthorityRepository } from './authorities.ts';
import { CertificateRepository } from './certificates.ts';
import { ChannelRepository } from './channels.ts';
import { CredentialStoreRepository } from './credential-stores.ts';
import { CredentialRepository } from './credentials.ts';
import type { Database } from './database.ts';
import { DeliveryRepository } from './deliveries.ts';
import type { Driver } from './driver.ts';
import { EndpointRepository } from './endpoints.ts';
import { findNamed } from './find.ts';
import { LeftoverRepository } from './leftovers.ts';
import { MetaRepository } from './meta.ts';
import { NodeRepository } from './nodes.ts';
import { NotificationRepository } from './notifications.ts';
import { OrderRepository } from './orders.ts';
import { OutboxRepository } from './outbox.ts';
import { readOverview } from './overview.ts';
import { RenewalRepository } from './renewals.ts';
import { SecretRepository } from './secrets.ts';
import { TaskRepository } from './tasks.ts';

/** All repositories over one connection. */
export class SqliteDatabase implements Database {
  readonly driver: Driver;
  readonly endpoints: EndpointRepository;
  readonly nodes: NodeRepository;
  readonly certificates: CertificateRepository;
  readonly orders: OrderRepository;
  readonly tasks: TaskRepository;
  readonly approvals: ApprovalRepository;
  readonly authorities: AuthorityRepository;
  readonly credentialStores: CredentialStoreRepository;
  readonly credentials: CredentialRepository;
  readonly renewals: RenewalRepository;
  readonly notifications: NotificationRepository;
  readonly channels: ChannelRepository;
  readonly deliveries: DeliveryRepository;
  readonly audit: AuditRepository;
  readonly outbox: OutboxRepository;
  readonly leftovers: LeftoverRepository;
  readonly secrets: SecretRepository;
  readonly meta: MetaRepository;
  readonly #onClose: () => void;

  constructor(driver: Driver, sealer: RowSealer, onClose: () => void) {
    this.driver = driver;
    this.#onClose = onClose;
    this.endpoints = new EndpointRepository(driver);
    this.certificates = new CertificateRepository(driver);
    this.nodes = new NodeRepository(driver, this.certificates);
    this.orders = new OrderRepository(driver);
    this.tasks = new TaskRepository(driver);
    this.approvals = new ApprovalRepository(driver);
    this.authorities = new AuthorityRepository(driver);
    this.credentialStores = new CredentialStoreRepository(driver);
    this.credentials = new CredentialRepository(driver);
    this.renewals = new RenewalRepository(driver);
    this.notifications = new NotificationRepository(driver);
    this.channels = new ChannelRepository(driver);
    this.deliveries = new DeliveryRepository(driver);
    this.audit = new AuditRepository(driver, sealer);
    this.outbox = new OutboxRepository(driver);
    this.leftovers = new LeftoverRepository(driver);
    this.secrets = new SecretRepository(driver, sealer);
    this.meta = new MetaRepository(driver);
  }

  get path(): string {
    return this.driver.path;
  }

  transaction<T>(work: () => T): T {
    return this.driver.transaction(work);
  }

  afterCommit(work: () => void): void {
    this.driver.afterCommit(work);
  }

  overview(now: number): Overview {
    return readOverview(this.driver, now);
  }

  find(text: string, limit: number): Found[] {
    return findNamed(this.driver, text, limit);
  }

  /** Idempotent. */
  close(): void {
    if (!this.driver.isOpen) return;
    this.#onClose();
    this.driver.close();
  }
}

/** For what works on a whole database. */
export function driverOf(database: Database): Driver {
  if (database instanceof SqliteDatabase) return database.driver;
  throw new TypeError('not a database that this room opened');
}
