import { z } from 'zod';
import { certificate, keyType, revocationReason } from '../model/certificate.ts';
import { keyPairPlace } from '../model/key-pair-place.ts';
import { order } from '../model/order.ts';
import { plan } from '../model/plan.ts';
import { probeCheck } from '../model/probe-check.ts';
import { command, nameOrId, nothing } from './base.ts';

export const certificateRequest = z
  .object({
    node: nameOrId,
    /** Further nodes for the same certificate: it is installed on all of them or on none, on `node` first. */
    also: z.array(nameOrId).max(99).optional(),
    /** Names for the certificate; left out: the node's names. */
    names: z.array(z.string().min(1).max(253)).max(100).optional(),
    authority: nameOrId.optional(),
    key_type: keyType.optional(),
    profile: z.string().max(256).optional(),
    days: z.number().int().min(1).max(825).optional(),
    /** Where the key pair is made; left out: on the endpoint when it can. */
    key_place: keyPairPlace.optional(),
    /** Also where a certificate was issued for the same request and not installed, which is installed otherwise. */
    new_order: z.boolean().optional(),
  })
  .strict();

export const certificateRow = certificate
  .omit({ chainPem: true })
  .extend({ usedBy: z.array(z.object({ nodeId: z.string(), name: z.string() })) });

export const rehearsal = z.object({
  ok: z.boolean(),
  names: z.array(z.string()),
  /** Name of the authority. */
  authority: z.string(),
  /** Host of its test directory. */
  host: z.string(),
  /** What was tried, in order, up to the first that failed. */
  checks: z.array(probeCheck),
});

/** `pem`: the certificate and its chain; `chain`: the chain alone; `pkcs12`: a PKCS#12 file under a password. The first is the default. */
export const exportFormats = ['pem', 'chain', 'pkcs12'] as const;

export const exportRequest = z
  .object({
    certificate: z.string().min(1),
    /** A new file on the machine of the agent. */
    path: z.string().min(1).max(4096),
    format: z.enum(exportFormats).optional(),
    /** Of the P12 file. */
    password: z.string().min(6).max(1024).meta({ secret: true }).optional(),
    /** The old encryption of P12 files. */
    legacy: z.boolean().optional(),
  })
  .strict();

const revoking = {
  reason: revocationReason,
  /** Of the certificate that is meant, or its beginning; without it nothing is revoked, and the failure says what would be. */
  fingerprint: z.string().min(16).max(95).optional(),
};

export const revocation = z.object({
  fingerprint: z.string(),
  names: z.array(z.string()),
  /** Name of the authority. */
  authority: z.string(),
  /** That was given now. Where it had been revoked before, the CA keeps the one of then. */
  reason: revocationReason,
  /** The CA says that it had been revoked before. */
  already: z.boolean(),
  /** Nodes that have it on disk or were seen to serve it, each seen again after the revocation. */
  inUse: z.array(
    z.object({
      nodeId: z.string(),
      /** `endpoint/node`. */
      name: z.string(),
      /** A TLS handshake showed it. */
      served: z.boolean(),
      /** What was seen. */
      sentence: z.string(),
    }),
  ),
});

export const certificates = {
  list: command
    .meta({ cli: 'certificates list', help: 'List the certificates.' })
    .input(nothing)
    .output(z.array(certificateRow)),
  show: command
    .meta({
      cli: 'certificates show',
      help: 'Show one certificate by fingerprint, serial or order number.',
      positional: 'certificate',
    })
    .input(z.object({ certificate: z.string().min(1) }).strict())
    .output(certificate),
  /** Starts a `certify` task. */
  request: command
    .meta({
      cli: 'certificates request',
      help: 'Request a certificate for a node and install it.',
      positional: 'node',
      mutates: true,
    })
    .input(certificateRequest)
    .output(z.object({ taskId: z.string() })),
  renew: command
    .meta({
      cli: 'certificates renew',
      help: 'Renew the certificate of a node now.',
      positional: 'node',
      mutates: true,
    })
    .input(z.object({ node: nameOrId }).strict())
    .output(z.object({ taskId: z.string() })),
  /**
   * Orders a certificate at the test directory of the authority and throws it away. Nothing is changed on the endpoint but
   * that what proves control of the names is put up and removed.
   */
  rehearse: command
    .meta({
      cli: 'certificates rehearse',
      help: 'Order a certificate for a node at the test directory of the authority, and throw it away.',
      positional: 'node',
      mutates: true,
    })
    .input(certificateRequest)
    .output(rehearsal),
  /** Into a new file, with the private key where Trustkeep still has it: of a certificate that was issued and not installed. */
  export: command
    .meta({
      cli: 'certificates export',
      help: 'Write a certificate to a new file on the machine of the agent.',
      positional: 'certificate',
      mutates: true,
    })
    .input(exportRequest)
    .output(
      z.object({
        path: z.string(),
        certificates: z.number().int(),
        withKey: z.boolean(),
        sentence: z.string(),
      }),
    ),
  /** By the account that ordered it. For ever; only ever by a person. */
  revoke: command
    .meta({
      cli: 'certificates revoke',
      help: 'Have the CA revoke a certificate that Trustkeep ordered. This cannot be undone.',
      positional: 'certificate',
      mutates: true,
    })
    .input(z.object({ certificate: z.string().min(1), ...revoking }).strict())
    .output(revocation),
  /** By the key of the certificate, whoever ordered it. */
  revokeByKey: command
    .meta({
      cli: 'certificates revoke-by-key',
      help: 'Have a CA revoke any certificate whose private key you have. This cannot be undone.',
      positional: 'path',
      mutates: true,
    })
    .input(
      z
        .object({
          /** PEM file of the certificate, on the machine of the agent. */
          path: z.string().min(1).max(4096),
          /** PEM, unencrypted. */
          private_key: z
            .string()
            .min(1)
            .max(64 * 1024)
            .meta({ secret: true }),
          authority: nameOrId,
          ...revoking,
        })
        .strict(),
    )
    .output(revocation),
  /** The plan, without a task: `--dry-run`. Changes nothing. */
  preview: command.meta({ help: 'Only print the plan.' }).input(certificateRequest).output(plan),
};

export const orders = {
  list: command
    .meta({ cli: 'orders list', help: 'List the certificate orders, newest first.' })
    .input(
      z
        .object({
          /** Those before this number: the last one of the page before. */
          older_than: z.number().int().min(1).optional(),
          limit: z.number().int().min(1).max(1000).optional(),
        })
        .strict(),
    )
    .output(z.array(order)),
  show: command
    .meta({ cli: 'orders show', help: 'Show one order.', positional: 'number' })
    .input(z.object({ number: z.number().int() }).strict())
    .output(order),
};
