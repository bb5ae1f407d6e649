import { Link } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { link } from '../bridge/location.ts';

/** A link to another place of the window. */
export function InnerLink({ place, children }: { place: readonly string[]; children: ReactNode }) {
  return <Link href={link(...place)}>{children}</Link>;
}
