/** Whether a text is well-formed Unicode without characters below U+0020, so that it fits into one line of a note. */
export function isOneLine(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) < 0x20) return false;
  return text.isWellFormed();
}

/** Whether a text is well-formed Unicode whose only control characters are newlines (C2SP signed-note). */
export const isNoteText = (text: string): boolean => text.split('\n').every(isOneLine);
