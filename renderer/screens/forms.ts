import { lazy } from 'react';

/** Forms that open over other screens than their own: fetched when first opened, as screens are. Draw them within a `Suspense`. */
export const AddEndpoint = lazy(async () => ({
  default: (await import('./endpoints/add-endpoint.tsx')).AddEndpoint,
}));
export const RequestCertificate = lazy(async () => ({
  default: (await import('./endpoints/request-certificate.tsx')).RequestCertificate,
}));
export const AuthorityForm = lazy(async () => ({
  default: (await import('./authorities/authority-form.tsx')).AuthorityForm,
}));
export const StoreForm = lazy(async () => ({
  default: (await import('./credential-stores/store-form.tsx')).StoreForm,
}));
