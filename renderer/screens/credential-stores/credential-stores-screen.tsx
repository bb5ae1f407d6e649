import type { ScreenProps } from '../screen.ts';
import { StoreDetail } from './store-detail.tsx';
import { StoreList } from './store-list.tsx';

/** The list; behind an id one credential store, behind two one credential of it. */
export function CredentialStoresScreen({ rest }: ScreenProps) {
  const [storeId, credentialId] = rest;
  return storeId === undefined ? (
    <StoreList />
  ) : (
    <StoreDetail key={storeId} storeId={storeId} credentialId={credentialId ?? null} />
  );
}
