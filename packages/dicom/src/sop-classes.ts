// Storage SOP classes (PS3.4 Annex B.5, Annex GG; PS3.6 Annex A), retired, draft, DICOS and DICONDE ones
// too, with the kind that decides how an object is shown. Private classes are a matter of node rules.

export type SopClassKind =
  | 'image'
  | 'waveform'
  | 'document'
  | 'sr'
  | 'presentation'
  | 'key-object'
  | 'segmentation'
  | 'rt'
  | 'video'
  | 'registration'
  | 'other';

export interface SopClass {
  uid: string;
  name: string;
  kind: SopClassKind;
  retired: boolean;
}

const root = '1.2.840.10008.5.1.';

// UID below the root, keyword, kind.
const table = `
1.27 RETIRED_StoredPrintStorage other
1.29 RETIRED_HardcopyGrayscaleImageStorage image
1.30 RETIRED_HardcopyColorImageStorage image
4.1.1.1 ComputedRadiographyImageStorage image
4.1.1.1.1 DigitalXRayImageStorageForPresentation image
4.1.1.1.1.1 DigitalXRayImageStorageForProcessing image
4.1.1.1.2 DigitalMammographyXRayImageStorageForPresentation image
4.1.1.1.2.1 DigitalMammographyXRayImageStorageForProcessing image
4.1.1.1.3 DigitalIntraOralXRayImageStorageForPresentation image
4.1.1.1.3.1 DigitalIntraOralXRayImageStorageForProcessing image
4.1.1.2 CTImageStorage image
4.1.1.2.1 EnhancedCTImageStorage image
4.1.1.2.2 LegacyConvertedEnhancedCTImageStorage image
4.1.1.3 RETIRED_UltrasoundMultiframeImageStorage image
4.1.1.3.1 UltrasoundMultiframeImageStorage image
4.1.1.4 MRImageStorage image
4.1.1.4.1 EnhancedMRImageStorage image
4.1.1.4.2 MRSpectroscopyStorage other
4.1.1.4.3 EnhancedMRColorImageStorage image
4.1.1.4.4 LegacyConvertedEnhancedMRImageStorage image
4.1.1.5 RETIRED_NuclearMedicineImageStorage image
4.1.1.6 RETIRED_UltrasoundImageStorage image
4.1.1.6.1 UltrasoundImageStorage image
4.1.1.6.2 EnhancedUSVolumeStorage image
4.1.1.6.3 PhotoacousticImageStorage image
4.1.1.7 SecondaryCaptureImageStorage image
4.1.1.7.1 MultiframeSingleBitSecondaryCaptureImageStorage image
4.1.1.7.2 MultiframeGrayscaleByteSecondaryCaptureImageStorage image
4.1.1.7.3 MultiframeGrayscaleWordSecondaryCaptureImageStorage image
4.1.1.7.4 MultiframeTrueColorSecondaryCaptureImageStorage image
4.1.1.8 RETIRED_StandaloneOverlayStorage other
4.1.1.9 RETIRED_StandaloneCurveStorage other
4.1.1.9.1 DRAFT_WaveformStorage waveform
4.1.1.9.1.1 TwelveLeadECGWaveformStorage waveform
4.1.1.9.1.2 GeneralECGWaveformStorage waveform
4.1.1.9.1.3 AmbulatoryECGWaveformStorage waveform
4.1.1.9.1.4 General32bitECGWaveformStorage waveform
4.1.1.9.2.1 HemodynamicWaveformStorage waveform
4.1.1.9.3.1 CardiacElectrophysiologyWaveformStorage waveform
4.1.1.9.4.1 BasicVoiceAudioWaveformStorage waveform
4.1.1.9.4.2 GeneralAudioWaveformStorage waveform
4.1.1.9.5.1 ArterialPulseWaveformStorage waveform
4.1.1.9.6.1 RespiratoryWaveformStorage waveform
4.1.1.9.6.2 MultichannelRespiratoryWaveformStorage waveform
4.1.1.9.7.1 RoutineScalpElectroencephalogramWaveformStorage waveform
4.1.1.9.7.2 ElectromyogramWaveformStorage waveform
4.1.1.9.7.3 ElectrooculogramWaveformStorage waveform
4.1.1.9.7.4 SleepElectroencephalogramWaveformStorage waveform
4.1.1.9.8.1 BodyPositionWaveformStorage waveform
4.1.1.9.100.1 WaveformPresentationStateStorage presentation
4.1.1.9.100.2 WaveformAcquisitionPresentationStateStorage presentation
4.1.1.10 RETIRED_StandaloneModalityLUTStorage other
4.1.1.11 RETIRED_StandaloneVOILUTStorage other
4.1.1.11.1 GrayscaleSoftcopyPresentationStateStorage presentation
4.1.1.11.2 ColorSoftcopyPresentationStateStorage presentation
4.1.1.11.3 PseudoColorSoftcopyPresentationStateStorage presentation
4.1.1.11.4 BlendingSoftcopyPresentationStateStorage presentation
4.1.1.11.5 XAXRFGrayscaleSoftcopyPresentationStateStorage presentation
4.1.1.11.6 GrayscalePlanarMPRVolumetricPresentationStateStorage presentation
4.1.1.11.7 CompositingPlanarMPRVolumetricPresentationStateStorage presentation
4.1.1.11.8 AdvancedBlendingPresentationStateStorage presentation
4.1.1.11.9 VolumeRenderingVolumetricPresentationStateStorage presentation
4.1.1.11.10 SegmentedVolumeRenderingVolumetricPresentationStateStorage presentation
4.1.1.11.11 MultipleVolumeRenderingVolumetricPresentationStateStorage presentation
4.1.1.11.12 VariableModalityLUTSoftcopyPresentationStateStorage presentation
4.1.1.12.1 XRayAngiographicImageStorage image
4.1.1.12.1.1 EnhancedXAImageStorage image
4.1.1.12.2 XRayRadiofluoroscopicImageStorage image
4.1.1.12.2.1 EnhancedXRFImageStorage image
4.1.1.12.3 RETIRED_XRayAngiographicBiPlaneImageStorage image
4.1.1.13.1.1 XRay3DAngiographicImageStorage image
4.1.1.13.1.2 XRay3DCraniofacialImageStorage image
4.1.1.13.1.3 BreastTomosynthesisImageStorage image
4.1.1.13.1.4 BreastProjectionXRayImageStorageForPresentation image
4.1.1.13.1.5 BreastProjectionXRayImageStorageForProcessing image
4.1.1.14.1 IntravascularOpticalCoherenceTomographyImageStorageForPresentation image
4.1.1.14.2 IntravascularOpticalCoherenceTomographyImageStorageForProcessing image
4.1.1.20 NuclearMedicineImageStorage image
4.1.1.30 ParametricMapStorage image
4.1.1.66 RawDataStorage other
4.1.1.66.1 SpatialRegistrationStorage registration
4.1.1.66.2 SpatialFiducialsStorage registration
4.1.1.66.3 DeformableSpatialRegistrationStorage registration
4.1.1.66.4 SegmentationStorage segmentation
4.1.1.66.5 SurfaceSegmentationStorage segmentation
4.1.1.66.6 TractographyResultsStorage other
4.1.1.66.7 LabelMapSegmentationStorage segmentation
4.1.1.66.8 HeightMapSegmentationStorage segmentation
4.1.1.67 RealWorldValueMappingStorage other
4.1.1.68.1 SurfaceScanMeshStorage other
4.1.1.68.2 SurfaceScanPointCloudStorage other
4.1.1.77.1 RETIRED_VLImageStorage image
4.1.1.77.1.1 VLEndoscopicImageStorage image
4.1.1.77.1.1.1 VideoEndoscopicImageStorage video
4.1.1.77.1.2 VLMicroscopicImageStorage image
4.1.1.77.1.2.1 VideoMicroscopicImageStorage video
4.1.1.77.1.3 VLSlideCoordinatesMicroscopicImageStorage image
4.1.1.77.1.4 VLPhotographicImageStorage image
4.1.1.77.1.4.1 VideoPhotographicImageStorage video
4.1.1.77.1.5.1 OphthalmicPhotography8BitImageStorage image
4.1.1.77.1.5.2 OphthalmicPhotography16BitImageStorage image
4.1.1.77.1.5.3 StereometricRelationshipStorage other
4.1.1.77.1.5.4 OphthalmicTomographyImageStorage image
4.1.1.77.1.5.5 WideFieldOphthalmicPhotographyStereographicProjectionImageStorage image
4.1.1.77.1.5.6 WideFieldOphthalmicPhotography3DCoordinatesImageStorage image
4.1.1.77.1.5.7 OphthalmicOpticalCoherenceTomographyEnFaceImageStorage image
4.1.1.77.1.5.8 OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage other
4.1.1.77.1.6 VLWholeSlideMicroscopyImageStorage image
4.1.1.77.1.7 DermoscopicPhotographyImageStorage image
4.1.1.77.1.8 ConfocalMicroscopyImageStorage image
4.1.1.77.1.9 ConfocalMicroscopyTiledPyramidalImageStorage image
4.1.1.77.2 RETIRED_VLMultiframeImageStorage image
4.1.1.78.1 LensometryMeasurementsStorage other
4.1.1.78.2 AutorefractionMeasurementsStorage other
4.1.1.78.3 KeratometryMeasurementsStorage other
4.1.1.78.4 SubjectiveRefractionMeasurementsStorage other
4.1.1.78.5 VisualAcuityMeasurementsStorage other
4.1.1.78.6 SpectaclePrescriptionReportStorage other
4.1.1.78.7 OphthalmicAxialMeasurementsStorage other
4.1.1.78.8 IntraocularLensCalculationsStorage other
4.1.1.79.1 MacularGridThicknessAndVolumeReportStorage sr
4.1.1.80.1 OphthalmicVisualFieldStaticPerimetryMeasurementsStorage other
4.1.1.81.1 OphthalmicThicknessMapStorage image
4.1.1.82.1 CornealTopographyMapStorage image
4.1.1.88.1 DRAFT_SRTextStorage sr
4.1.1.88.2 DRAFT_SRAudioStorage sr
4.1.1.88.3 DRAFT_SRDetailStorage sr
4.1.1.88.4 DRAFT_SRComprehensiveStorage sr
4.1.1.88.11 BasicTextSRStorage sr
4.1.1.88.22 EnhancedSRStorage sr
4.1.1.88.33 ComprehensiveSRStorage sr
4.1.1.88.34 Comprehensive3DSRStorage sr
4.1.1.88.35 ExtensibleSRStorage sr
4.1.1.88.40 ProcedureLogStorage sr
4.1.1.88.50 MammographyCADSRStorage sr
4.1.1.88.59 KeyObjectSelectionDocumentStorage key-object
4.1.1.88.65 ChestCADSRStorage sr
4.1.1.88.67 XRayRadiationDoseSRStorage sr
4.1.1.88.68 RadiopharmaceuticalRadiationDoseSRStorage sr
4.1.1.88.69 ColonCADSRStorage sr
4.1.1.88.70 ImplantationPlanSRDocumentStorage sr
4.1.1.88.71 AcquisitionContextSRStorage sr
4.1.1.88.72 SimplifiedAdultEchoSRStorage sr
4.1.1.88.73 PatientRadiationDoseSRStorage sr
4.1.1.88.74 PlannedImagingAgentAdministrationSRStorage sr
4.1.1.88.75 PerformedImagingAgentAdministrationSRStorage sr
4.1.1.88.76 EnhancedXRayRadiationDoseSRStorage sr
4.1.1.88.77 WaveformAnnotationSRStorage sr
4.1.1.90.1 ContentAssessmentResultsStorage sr
4.1.1.91.1 MicroscopyBulkSimpleAnnotationsStorage other
4.1.1.104.1 EncapsulatedPDFStorage document
4.1.1.104.2 EncapsulatedCDAStorage document
4.1.1.104.3 EncapsulatedSTLStorage document
4.1.1.104.4 EncapsulatedOBJStorage document
4.1.1.104.5 EncapsulatedMTLStorage document
4.1.1.128 PositronEmissionTomographyImageStorage image
4.1.1.128.1 LegacyConvertedEnhancedPETImageStorage image
4.1.1.129 RETIRED_StandalonePETCurveStorage other
4.1.1.130 EnhancedPETImageStorage image
4.1.1.131 BasicStructuredDisplayStorage presentation
4.1.1.200.1 CTDefinedProcedureProtocolStorage other
4.1.1.200.2 CTPerformedProcedureProtocolStorage other
4.1.1.200.3 ProtocolApprovalStorage other
4.1.1.200.7 XADefinedProcedureProtocolStorage other
4.1.1.200.8 XAPerformedProcedureProtocolStorage other
4.1.1.201.1 InventoryStorage other
4.1.1.481.1 RTImageStorage image
4.1.1.481.2 RTDoseStorage rt
4.1.1.481.3 RTStructureSetStorage rt
4.1.1.481.4 RTBeamsTreatmentRecordStorage rt
4.1.1.481.5 RTPlanStorage rt
4.1.1.481.6 RTBrachyTreatmentRecordStorage rt
4.1.1.481.7 RTTreatmentSummaryRecordStorage rt
4.1.1.481.8 RTIonPlanStorage rt
4.1.1.481.9 RTIonBeamsTreatmentRecordStorage rt
4.1.1.481.10 RTPhysicianIntentStorage rt
4.1.1.481.11 RTSegmentAnnotationStorage rt
4.1.1.481.12 RTRadiationSetStorage rt
4.1.1.481.13 CArmPhotonElectronRadiationStorage rt
4.1.1.481.14 TomotherapeuticRadiationStorage rt
4.1.1.481.15 RoboticArmRadiationStorage rt
4.1.1.481.16 RTRadiationRecordSetStorage rt
4.1.1.481.17 RTRadiationSalvageRecordStorage rt
4.1.1.481.18 TomotherapeuticRadiationRecordStorage rt
4.1.1.481.19 CArmPhotonElectronRadiationRecordStorage rt
4.1.1.481.20 RoboticRadiationRecordStorage rt
4.1.1.481.21 RTRadiationSetDeliveryInstructionStorage rt
4.1.1.481.22 RTTreatmentPreparationStorage rt
4.1.1.481.23 EnhancedRTImageStorage image
4.1.1.481.24 EnhancedContinuousRTImageStorage image
4.1.1.481.25 RTPatientPositionAcquisitionInstructionStorage rt
4.1.1.501.1 DICOS_CTImageStorage image
4.1.1.501.2.1 DICOS_DigitalXRayImageStorageForPresentation image
4.1.1.501.2.2 DICOS_DigitalXRayImageStorageForProcessing image
4.1.1.501.3 DICOS_ThreatDetectionReportStorage other
4.1.1.501.4 DICOS_2DAITStorage other
4.1.1.501.5 DICOS_3DAITStorage other
4.1.1.501.6 DICOS_QuadrupoleResonanceStorage other
4.1.1.601.1 DICONDE_EddyCurrentImageStorage image
4.1.1.601.2 DICONDE_EddyCurrentMultiframeImageStorage image
4.34.1 DRAFT_RTBeamsDeliveryInstructionStorage rt
4.34.7 RTBeamsDeliveryInstructionStorage rt
4.34.10 RTBrachyApplicationSetupDeliveryInstructionStorage rt
4.38.1 HangingProtocolStorage other
4.39.1 ColorPaletteStorage other
4.43.1 GenericImplantTemplateStorage other
4.44.1 ImplantAssemblyTemplateStorage other
4.45.1 ImplantTemplateGroupStorage other
`;

const kinds: readonly string[] = [
  'image', 'waveform', 'document', 'sr', 'presentation', 'key-object', 'segmentation', 'rt', 'video', 'registration',
]; // biome-ignore format: a table

function isKind(text: string): text is SopClassKind {
  return kinds.includes(text);
}

function readRow(line: string): [string, SopClass] {
  const [suffix = '', keyword = '', kind = ''] = line.split(' ');
  const uid = root + suffix;
  const retired = /^(RETIRED|DRAFT)_/.test(keyword);
  return [
    uid,
    { uid, name: keyword.replace(/^(RETIRED|DRAFT)_/, ''), kind: isKind(kind) ? kind : 'other', retired },
  ];
}

export const sopClasses: ReadonlyMap<string, SopClass> = new Map(table.trim().split('\n').map(readRow));

export function sopClass(uid: string): SopClass | undefined {
  return sopClasses.get(uid);
}

export function isStorageSopClass(uid: string): boolean {
  return sopClasses.has(uid);
}
