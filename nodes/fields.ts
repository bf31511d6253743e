/**
 * A node's own fields in the words of a message. A field left blank is absent: it comes from the message.
 */
const TEXTS = ['source', 'group', 'iif', 'oifs', 'label'] as const;

export interface FieldsConfig {
  source?: string;
  group?: string;
  iif?: string;
  oifs?: string;
  threshold?: string | number;
  label?: string;
  allowAbsent?: boolean;
  dryRun?: boolean;
}

export function fieldsOf(config: FieldsConfig): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of TEXTS) {
    const text = String(config[name] ?? '').trim();
    if (text !== '') fields[name] = text;
  }
  const threshold = String(config.threshold ?? '').trim();
  // Other spellings of a number stay text, and are refused as any text is.
  if (threshold !== '') fields.threshold = /^[1-9]\d*$/.test(threshold) ? Number(threshold) : threshold;
  if (config.allowAbsent === true) fields.allow_absent = true;
  if (config.dryRun === true) fields.dry_run = true;
  return fields;
}
