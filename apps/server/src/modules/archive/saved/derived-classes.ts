// What a doctor may store with a study: presentation states, measurements and key images, never images (PS3.4 B.5).
export const derivedClasses: Readonly<
  Record<string, { modality: 'PR' | 'SR' | 'KO'; seriesNumber: number }>
> = {
  '1.2.840.10008.5.1.4.1.1.11.1': { modality: 'PR', seriesNumber: 9701 }, // Grayscale Softcopy Presentation State
  '1.2.840.10008.5.1.4.1.1.11.2': { modality: 'PR', seriesNumber: 9701 }, // Color Softcopy Presentation State
  '1.2.840.10008.5.1.4.1.1.88.22': { modality: 'SR', seriesNumber: 9702 }, // Enhanced SR
  '1.2.840.10008.5.1.4.1.1.88.33': { modality: 'SR', seriesNumber: 9702 }, // Comprehensive SR
  '1.2.840.10008.5.1.4.1.1.88.34': { modality: 'SR', seriesNumber: 9702 }, // Comprehensive 3D SR
  '1.2.840.10008.5.1.4.1.1.88.59': { modality: 'KO', seriesNumber: 9703 }, // Key Object Selection
};
