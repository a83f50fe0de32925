import { z } from 'zod';

/** How somebody likes their code and explanations; each has a standard. */
export const preferenceValues = {
  pythonSkillLevel: ['beginner', 'intermediate'],
  codeOutputStructure: ['minimal', 'standard', 'detailed'],
  explanationStyle: ['brief', 'standard', 'detailed', 'educational'],
} as const;

export const preferencesSchema = z.strictObject({
  pythonSkillLevel: z.enum(preferenceValues.pythonSkillLevel),
  codeOutputStructure: z.enum(preferenceValues.codeOutputStructure),
  explanationStyle: z.enum(preferenceValues.explanationStyle),
});

export type Preferences = z.infer<typeof preferencesSchema>;

export const standardPreferences: Preferences = {
  pythonSkillLevel: 'intermediate',
  codeOutputStructure: 'standard',
  explanationStyle: 'standard',
};
