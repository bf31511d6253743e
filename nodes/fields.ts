/**
 * A node's own fields in the words of a message. A field left blank is absent: it comes from the message.
 */
const TEXTS = ['source', 'group', 'iif', 'oifs', 'label', 'exclude', 'mode'] as const;

type Text = string | number | undefined;

export interface FieldsConfig {
  source?: string;
  group?: string;
  iif?: string;
  oifs?: string;
  threshold?: string | number;
  label?: string;
  allowAbsent?: boolean;
  dryRun?: boolean;
  join?: boolean;
  /** Seconds, as all times. */
  alarmIdle?: string | number;
  expiresIn?: string | number;
  exclude?: string;
  /** `replace` or `merge`. */
  mode?: string;
  idleTimeout?: string | number;
  /** Hosts open the outputs: those that `oifs` names do not count. */
  members?: boolean;
  membersAmong?: string;
  membersTimeout?: string | number;
}

export function fieldsOf(config: FieldsConfig): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of TEXTS) {
    const text = trimmed(config[name]);
    if (text !== '') fields[name] = text;
  }
  // Other spellings of a number stay text, and are refused as any text is.
  put(fields, 'threshold', config.threshold, /^[1-9]\d*$/);
  putSeconds(fields, 'expires_in', config.expiresIn);
  putSeconds(fields, 'idle_timeout', config.idleTimeout);
  if (trimmed(config.alarmIdle) !== '') fields.alarm = putSeconds({}, 'idle', config.alarmIdle);
  if (config.members === true) {
    fields.oifs = 'members';
    fields.members = membersOf(config);
  }
  if (config.join === true) fields.join = true;
  if (config.allowAbsent === true) fields.allow_absent = true;
  if (config.dryRun === true) fields.dry_run = true;
  return fields;
}

function membersOf({ membersAmong, membersTimeout }: FieldsConfig): Record<string, unknown> {
  const among = trimmed(membersAmong);
  return putSeconds(among === '' ? {} : { among }, 'timeout', membersTimeout);
}

function putSeconds(fields: Record<string, unknown>, name: string, value: Text): Record<string, unknown> {
  return put(fields, name, value, /^(0|[1-9]\d*)(\.\d+)?$/);
}

function put(fields: Record<string, unknown>, name: string, value: Text, number: RegExp): Record<string, unknown> {
  const text = trimmed(value);
  if (text !== '') fields[name] = number.test(text) ? Number(text) : text;
  return fields;
}

function trimmed(value: Text): string {
  return String(value ?? '').trim();
}
