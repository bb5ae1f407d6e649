import type { EndpointSpec } from './endpoint-specs.ts';

/** What serves the people of the house. */
export const inside: EndpointSpec[] = [
  {
    name: 'intranet',
    type: 'nginx',
    nodes: [
      {
        names: ['intranet.nordhafen.internal'],
        at: ['192.168.10.5:443'],
        left: 77,
        issuer: 'local',
        order: 1007,
      },
      {
        names: ['wiki.nordhafen.internal', 'docs.nordhafen.internal'],
        at: ['192.168.10.5:443'],
        left: 77,
        issuer: 'local',
        order: 1008,
      },
      {
        names: ['~^(?<team>.+)\\.teams\\.nordhafen\\.internal$'],
        at: ['192.168.10.5:443'],
        left: 200,
        issuer: 'corp',
        variable: '/etc/nginx/tls/$team.pem',
      },
      { names: ['_'], at: ['192.168.10.5:80'], left: null },
    ],
  },
  {
    name: 'ldap-primary',
    type: 'pem',
    host: '10.20.1.3',
    nodes: [
      {
        names: ['ldap1.nordhafen.internal'],
        at: ['10.20.1.3:636'],
        left: 300,
        issuer: 'corp',
        served: 'unreachable',
        alias: 'ldap',
      },
    ],
  },
  {
    name: 'grafana',
    type: 'nginx',
    host: '10.20.8.9',
    login: ['cs_default', 'grafana-deploy'],
    nodes: [
      {
        names: ['grafana.nordhafen.internal'],
        at: ['10.20.8.9:443'],
        left: 31,
        issuer: 'local',
        order: 1009,
      },
      {
        names: ['prometheus.nordhafen.internal'],
        at: ['10.20.8.9:9443'],
        left: 31,
        issuer: 'local',
        order: 1010,
      },
      {
        names: ['old-kibana.nordhafen.internal'],
        at: ['10.20.8.9:443'],
        left: -3,
        issuer: 'corp',
        gone: true,
      },
    ],
  },
  {
    name: 'ci-runner',
    type: 'nginx',
    nodes: [
      {
        names: ['registry.nordhafen.internal'],
        at: ['192.168.10.5:5000'],
        left: 83,
        issuer: 'local',
        order: 1017,
      },
      { names: ['ci.nordhafen.internal'], at: ['192.168.10.5:8443'], left: 83, issuer: 'local', order: 1018 },
      {
        names: ['artifacts.nordhafen.internal'],
        at: ['192.168.10.5:8444'],
        left: 83,
        issuer: 'local',
        order: 1019,
        served: 'unknown',
      },
      { names: ['ci.nordhafen.internal'], at: ['192.168.10.5:8080'], left: null },
    ],
  },
  {
    name: 'print-server',
    type: 'nginx',
    host: '10.20.9.77',
    broken: true,
    version: null,
    undiscovered: true,
    nodes: [],
  },
  {
    name: 'legacy-portal',
    type: 'nginx',
    host: 'portal-old.nordhafen.internal',
    nodes: [
      { names: ['portal.nordhafen.internal'], at: ['10.20.7.15:443'], left: -2, issuer: 'corp' },
      { names: ['files.nordhafen.internal'], at: ['10.20.7.15:443'], left: 150, issuer: 'corp' },
      { names: ['sso.nordhafen.internal'], at: ['10.20.7.15:443'], left: 150, issuer: 'corp' },
      { names: ['portal.nordhafen.internal'], at: ['10.20.7.15:80'], left: null },
    ],
  },
];
