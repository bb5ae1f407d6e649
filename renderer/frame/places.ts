import type { ComponentType } from 'react';
import { fetched } from '../parts/fetched.tsx';
import {
  ApprovalsFilledIcon,
  ApprovalsIcon,
  AuditFilledIcon,
  AuditIcon,
  AuthoritiesFilledIcon,
  AuthoritiesIcon,
  CertificatesFilledIcon,
  CertificatesIcon,
  EndpointsFilledIcon,
  EndpointsIcon,
  OverviewFilledIcon,
  OverviewIcon,
  ProxyFilledIcon,
  ProxyIcon,
  SettingsFilledIcon,
  SettingsIcon,
  StoresFilledIcon,
  StoresIcon,
  TasksFilledIcon,
  TasksIcon,
  UpdateFilledIcon,
  UpdateIcon,
} from '../parts/icons.ts';
import type { ScreenProps } from '../screens/screen.ts';
import { en } from '../text/en.ts';
import { Waiting } from './waiting.tsx';

type Screen = ComponentType<ScreenProps>;

const screen = (load: () => Promise<Screen>): Screen => fetched(load, Waiting);

/** Screens are fetched when first opened. */
export const screens: Readonly<Record<string, Screen>> = {
  overview: screen(async () => (await import('../screens/overview/overview-screen.tsx')).OverviewScreen),
  endpoints: screen(async () => (await import('../screens/endpoints/endpoints-screen.tsx')).EndpointsScreen),
  certificates: screen(
    async () => (await import('../screens/certificates/certificates-screen.tsx')).CertificatesScreen,
  ),
  tasks: screen(async () => (await import('../screens/tasks/tasks-screen.tsx')).TasksScreen),
  approvals: screen(async () => (await import('../screens/approvals/approvals-screen.tsx')).ApprovalsScreen),
  authorities: screen(
    async () => (await import('../screens/authorities/authorities-screen.tsx')).AuthoritiesScreen,
  ),
  'credential-stores': screen(
    async () =>
      (await import('../screens/credential-stores/credential-stores-screen.tsx')).CredentialStoresScreen,
  ),
  proxy: screen(async () => (await import('../screens/proxy/proxy-screen.tsx')).ProxyScreen),
  autoupdate: screen(
    async () => (await import('../screens/autoupdate/autoupdate-screen.tsx')).AutoupdateScreen,
  ),
  notifications: screen(
    async () => (await import('../screens/notifications/notifications-screen.tsx')).NotificationsScreen,
  ),
  audit: screen(async () => (await import('../screens/audit/audit-screen.tsx')).AuditScreen),
  settings: screen(async () => (await import('../screens/settings/settings-screen.tsx')).SettingsScreen),
};

export const navigation = [
  { place: 'overview', label: en.nav.overview, Icon: OverviewIcon, Here: OverviewFilledIcon },
  { place: 'endpoints', label: en.nav.endpoints, Icon: EndpointsIcon, Here: EndpointsFilledIcon },
  { place: 'certificates', label: en.nav.certificates, Icon: CertificatesIcon, Here: CertificatesFilledIcon },
  { place: 'tasks', label: en.nav.tasks, Icon: TasksIcon, Here: TasksFilledIcon },
  { place: 'approvals', label: en.nav.approvals, Icon: ApprovalsIcon, Here: ApprovalsFilledIcon },
  { place: 'authorities', label: en.nav.authorities, Icon: AuthoritiesIcon, Here: AuthoritiesFilledIcon },
  {
    place: 'credential-stores',
    label: en.nav['credential-stores'],
    Icon: StoresIcon,
    Here: StoresFilledIcon,
  },
  { place: 'audit', label: en.nav.audit, Icon: AuditIcon, Here: AuditFilledIcon },
  { place: 'proxy', label: en.nav.proxy, Icon: ProxyIcon, Here: ProxyFilledIcon },
  { place: 'autoupdate', label: en.nav.autoupdate, Icon: UpdateIcon, Here: UpdateFilledIcon },
  { place: 'settings', label: en.nav.settings, Icon: SettingsIcon, Here: SettingsFilledIcon },
] as const;
