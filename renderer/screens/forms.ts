import { fetched } from '../parts/fetched.tsx';

/** Forms that open over other screens than their own: fetched when first opened, as screens are. */
export const AddEndpoint = fetched(async () => (await import('./endpoints/add-endpoint.tsx')).AddEndpoint);
export const RequestCertificate = fetched(
  async () => (await import('./endpoints/request-certificate.tsx')).RequestCertificate,
);
export const RestartEndpoint = fetched(async () => (await import('./endpoints/more-actions.tsx')).Restart);
export const AuthorityForm = fetched(
  async () => (await import('./authorities/authority-form.tsx')).AuthorityForm,
);
export const StoreForm = fetched(async () => (await import('./credential-stores/store-form.tsx')).StoreForm);
