import type { EndpointSpec } from './endpoint-specs.ts';

/** What serves the internet. */
export const outside: EndpointSpec[] = [
  {
    name: 'shop-web-1',
    type: 'nginx',
    host: '10.20.4.11',
    nodes: [
      {
        names: ['shop.nordhafen.example', 'www.shop.nordhafen.example'],
        at: ['10.20.4.11:443', '[2001:db8:20:4::11]:443'],
        left: 61,
        issuer: 'sectigo',
        order: 1004,
      },
      {
        names: ['checkout.nordhafen.example'],
        at: ['10.20.4.11:443'],
        left: 5,
        issuer: 'le',
        served: 'same',
      },
      { names: ['shop.nordhafen.example'], at: ['10.20.4.11:80'], left: null },
    ],
  },
  {
    name: 'shop-web-2',
    type: 'nginx',
    host: '10.20.4.12',
    login: ['cs_vault', 'shop/web-2'],
    nodes: [
      {
        names: ['shop.nordhafen.example', 'www.shop.nordhafen.example'],
        at: ['10.20.4.12:443'],
        left: 61,
        issuer: 'sectigo',
        order: 1005,
        served: 'previous',
      },
      { names: ['checkout.nordhafen.example'], at: ['10.20.4.12:443'], left: 40, issuer: 'le', order: 1011 },
      {
        names: ['status.shop.nordhafen.example'],
        at: ['10.20.4.12:8443'],
        left: 40,
        issuer: 'local',
        order: 1012,
      },
    ],
  },
  {
    name: 'mail-gateway',
    type: 'pem',
    byCertbot: true,
    host: 'mx1.nordhafen.example',
    nodes: [
      { names: ['mx1.nordhafen.example'], at: ['203.0.113.25:465'], left: 22, issuer: 'le', alias: 'mx1' },
    ],
  },
  {
    name: 'api-edge-fra',
    type: 'nginx',
    host: '198.51.100.40',
    nodes: [
      {
        names: ['api.nordhafen.example'],
        at: ['198.51.100.40:443', '198.51.100.41:443'],
        left: 4,
        issuer: 'le',
        order: 1015,
      },
      {
        names: ['*.tenants.nordhafen.example', 'tenants.nordhafen.example'],
        at: ['198.51.100.40:443'],
        left: 58,
        issuer: 'sectigo',
        order: 1003,
      },
      { names: ['hooks.nordhafen.example'], at: ['198.51.100.40:443'], left: 44, issuer: 'le', order: 1013 },
    ],
  },
  {
    name: 'api-edge-ams',
    type: 'nginx',
    host: '198.51.100.72',
    login: ['cs_vault', 'edge/ams'],
    nodes: [
      { names: ['api.nordhafen.example'], at: ['198.51.100.72:443'], left: 66, issuer: 'le', order: 1016 },
      {
        names: ['hooks.nordhafen.example'],
        at: ['198.51.100.72:443'],
        left: 44,
        issuer: 'le',
        order: 1014,
        served: 'other',
      },
    ],
  },
  {
    name: 'vpn-concentrator',
    type: 'pem',
    host: '10.20.0.2',
    nodes: [
      {
        names: ['vpn.nordhafen.example'],
        at: ['203.0.113.30:443'],
        left: 12,
        issuer: 'sectigo',
        alias: 'vpn',
      },
    ],
  },
];
