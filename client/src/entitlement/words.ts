import type { T } from '../i18n/use-t';
import { allFeatures } from '../lib/permissions';
import { everything, type GrantKind } from './grants';

/** A grant in words: features have names of their own, models and services are called as they are. */
export function grantWords(t: T, kind: GrantKind, name: string): string {
  if (name === everything[kind]) {
    return t(kind === 'models' ? 'entitlement.all.models' : 'entitlement.all.services');
  }
  const feature = allFeatures.find((known) => known === name);
  return kind === 'features' && feature ? t(`feature.${feature}`) : name;
}
