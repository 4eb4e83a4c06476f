"""The functional group macros of PS3.3: sequence, name, clause, flags, attributes.

One macro per paragraph.  The first line holds keyword of the sequence, clause and flags
(``shared`` or ``per_frame``: has to stand there; ``many``: several items); the second the name;
the rest the attributes, nested ones as paths.  Written from PS3.3 C.7.6.16.2 and the
modality-specific sections C.8.
"""

from __future__ import annotations

__all__ = ["MACROS"]

MACROS = """
PixelMeasuresSequence C.7.6.16.2.1
Pixel Measures
PixelSpacing SliceThickness SpacingBetweenSlices

FrameContentSequence C.7.6.16.2.2 per_frame
Frame Content
FrameAcquisitionNumber FrameReferenceDateTime FrameAcquisitionDateTime FrameAcquisitionDuration
CardiacCyclePosition RespiratoryCyclePosition DimensionIndexValues TemporalPositionIndex StackID
InStackPositionNumber FrameComments FrameLabel

PlanePositionSequence C.7.6.16.2.3
Plane Position (Patient)
ImagePositionPatient

PlaneOrientationSequence C.7.6.16.2.4
Plane Orientation (Patient)
ImageOrientationPatient

ReferencedImageSequence C.7.6.16.2.5 many
Referenced Image
ReferencedSOPClassUID ReferencedSOPInstanceUID ReferencedFrameNumber ReferencedSegmentNumber
PurposeOfReferenceCodeSequence

DerivationImageSequence C.7.6.16.2.6 many
Derivation Image
DerivationDescription DerivationCodeSequence SourceImageSequence.ReferencedSOPClassUID
SourceImageSequence.ReferencedSOPInstanceUID SourceImageSequence.ReferencedFrameNumber
SourceImageSequence.ReferencedSegmentNumber SourceImageSequence.SpatialLocationsPreserved
SourceImageSequence.PatientOrientation SourceImageSequence.PurposeOfReferenceCodeSequence

CardiacSynchronizationSequence C.7.6.16.2.7
Cardiac Synchronization
NominalPercentageOfCardiacPhase NominalCardiacTriggerDelayTime ActualCardiacTriggerDelayTime
NominalCardiacTriggerTimePriorToRPeak ActualCardiacTriggerTimePriorToRPeak
IntervalsAcquired IntervalsRejected HeartRate RRIntervalTimeNominal LowRRValue HighRRValue

FrameAnatomySequence C.7.6.16.2.8
Frame Anatomy
FrameLaterality AnatomicRegionSequence PrimaryAnatomicStructureSequence

PixelValueTransformationSequence C.7.6.16.2.9
Pixel Value Transformation
RescaleIntercept RescaleSlope RescaleType

FrameVOILUTSequence C.7.6.16.2.10
Frame VOI LUT
WindowCenter WindowWidth WindowCenterWidthExplanation VOILUTFunction VOILUTSequence

RealWorldValueMappingSequence C.7.6.16.2.11 many
Real World Value Mapping
RealWorldValueFirstValueMapped RealWorldValueLastValueMapped
DoubleFloatRealWorldValueFirstValueMapped DoubleFloatRealWorldValueLastValueMapped
RealWorldValueIntercept RealWorldValueSlope RealWorldValueLUTData LUTExplanation LUTLabel
MeasurementUnitsCodeSequence QuantityDefinitionSequence

ContrastBolusUsageSequence C.7.6.16.2.12 many
Contrast/Bolus Usage
ContrastBolusAgentNumber ContrastBolusAgentAdministered ContrastBolusAgentDetected
ContrastBolusAgentPhase

PixelIntensityRelationshipLUTSequence C.7.6.16.2.13 many
Pixel Intensity Relationship LUT
LUTDescriptor LUTData LUTFunction

FramePixelShiftSequence C.7.6.16.2.14 many
Frame Pixel Shift
SubtractionItemID MaskSubPixelShift

PatientOrientationInFrameSequence C.7.6.16.2.15
Patient Orientation in Frame
PatientOrientation

FrameDisplayShutterSequence C.7.6.16.2.16
Frame Display Shutter
ShutterShape ShutterLeftVerticalEdge ShutterRightVerticalEdge ShutterUpperHorizontalEdge
ShutterLowerHorizontalEdge CenterOfCircularShutter RadiusOfCircularShutter
VerticesOfThePolygonalShutter ShutterPresentationValue ShutterPresentationColorCIELabValue

RespiratorySynchronizationSequence C.7.6.16.2.17
Respiratory Synchronization
RespiratoryIntervalTime NominalPercentageOfRespiratoryPhase NominalRespiratoryTriggerDelayTime
ActualRespiratoryTriggerDelayTime StartingRespiratoryAmplitude StartingRespiratoryPhase
EndingRespiratoryAmplitude EndingRespiratoryPhase

IrradiationEventIdentificationSequence C.7.6.16.2.18
Irradiation Event Identification
IrradiationEventUID

RadiopharmaceuticalUsageSequence C.7.6.16.2.19 many
Radiopharmaceutical Usage
RadiopharmaceuticalAgentNumber

PatientPhysiologicalStateSequence C.7.6.16.2.20
Patient Physiological State
PatientPhysiologicalStateCodeSequence

PlanePositionVolumeSequence C.7.6.16.2.21
Plane Position (Volume)
ImagePositionVolume

PlaneOrientationVolumeSequence C.7.6.16.2.22
Plane Orientation (Volume)
ImageOrientationVolume

TemporalPositionSequence C.7.6.16.2.23
Temporal Position
TemporalPositionTimeOffset

ImageDataTypeSequence C.7.6.16.2.24
Image Data Type
DataType AliasedDataType ZeroVelocityPixelValue

UnassignedSharedConvertedAttributesSequence C.7.6.16.2.25.1 shared
Unassigned Shared Converted Attributes

UnassignedPerFrameConvertedAttributesSequence C.7.6.16.2.25.2 per_frame
Unassigned Per-Frame Converted Attributes

ConversionSourceAttributesSequence C.7.6.16.2.25.3 per_frame many
Image Frame Conversion Source
ReferencedSOPClassUID ReferencedSOPInstanceUID ReferencedFrameNumber

StoredValueColorRangeSequence C.7.6.16.2.26
Stored Value Color Range
MinimumStoredValueMapped MaximumStoredValueMapped

SegmentIdentificationSequence C.8.20.3.1
Segmentation
ReferencedSegmentNumber

ParametricMapFrameTypeSequence C.8.32.3.1
Parametric Map Frame Type
FrameType

PlanePositionSlideSequence C.8.12.6.1
Plane Position (Slide)
XOffsetInSlideCoordinateSystem YOffsetInSlideCoordinateSystem ZOffsetInSlideCoordinateSystem
ColumnPositionInTotalImagePixelMatrix RowPositionInTotalImagePixelMatrix

OpticalPathIdentificationSequence C.8.12.6.2 many
Optical Path Identification
OpticalPathIdentifier

SpecimenReferenceSequence C.8.12.6.3 many
Specimen Reference
SpecimenUID

WholeSlideMicroscopyImageFrameTypeSequence C.8.12
Whole Slide Microscopy Image Frame Type
FrameType

CTImageFrameTypeSequence C.8.15.3.1
CT Image Frame Type
FrameType PixelPresentation VolumetricProperties VolumeBasedCalculationTechnique

CTAcquisitionTypeSequence C.8.15.3.2
CT Acquisition Type
AcquisitionType TubeAngle ConstantVolumeFlag FluoroscopyFlag

CTAcquisitionDetailsSequence C.8.15.3.3 many
CT Acquisition Details
RotationDirection RevolutionTime SingleCollimationWidth TotalCollimationWidth TableHeight
GantryDetectorTilt DataCollectionDiameter

CTTableDynamicsSequence C.8.15.3.4 many
CT Table Dynamics
TableSpeed TableFeedPerRotation SpiralPitchFactor

CTPositionSequence C.8.15.3.5 many
CT Position
TablePosition DataCollectionCenterPatient ReconstructionTargetCenterPatient

CTGeometrySequence C.8.15.3.6 many
CT Geometry
DistanceSourceToDetector DistanceSourceToDataCollectionCenter

CTReconstructionSequence C.8.15.3.7
CT Reconstruction
ReconstructionAlgorithm ConvolutionKernel ConvolutionKernelGroup ReconstructionDiameter
ReconstructionFieldOfView ReconstructionPixelSpacing ReconstructionAngle ImageFilter

CTExposureSequence C.8.15.3.8 many
CT Exposure
ExposureTimeInms XRayTubeCurrentInmA ExposureInmAs ExposureModulationType
EstimatedDoseSaving CTDIvol CTDIPhantomTypeCodeSequence

CTXRayDetailsSequence C.8.15.3.9 many
CT X-Ray Details
KVP FocalSpots FilterType FilterMaterial

CTAdditionalXRaySourceSequence C.8.15.3.11 shared many
CT Additional X-Ray Source
KVP XRayTubeCurrentInmA DataCollectionDiameter FocalSpots FilterType FilterMaterial
ExposureInmAs

MRImageFrameTypeSequence C.8.13.5.1
MR Image Frame Type
FrameType PixelPresentation VolumetricProperties VolumeBasedCalculationTechnique
ComplexImageComponent AcquisitionContrast

MRTimingAndRelatedParametersSequence C.8.13.5.2
MR Timing and Related Parameters
RepetitionTime FlipAngle EchoTrainLength RFEchoTrainLength GradientEchoTrainLength
SpecificAbsorptionRateSequence GradientOutputType GradientOutput OperatingModeSequence

MRFOVGeometrySequence C.8.13.5.3
MR FOV/Geometry
InPlanePhaseEncodingDirection MRAcquisitionFrequencyEncodingSteps
MRAcquisitionPhaseEncodingStepsInPlane MRAcquisitionPhaseEncodingStepsOutOfPlane
PercentSampling PercentPhaseFieldOfView

MREchoSequence C.8.13.5.4
MR Echo
EffectiveEchoTime

MRModifierSequence C.8.13.5.5
MR Modifier
InversionRecovery InversionTimes FlowCompensation FlowCompensationDirection Spoiling
T2Preparation SpectrallySelectedExcitation SpatialPresaturation PartialFourier
PartialFourierDirection ParallelAcquisition ParallelAcquisitionTechnique
ParallelReductionFactorInPlane ParallelReductionFactorOutOfPlane

MRImagingModifierSequence C.8.13.5.6
MR Imaging Modifier
MagnetizationTransfer BloodSignalNulling Tagging TagSpacingFirstDimension
TagSpacingSecondDimension TagAngleFirstAxis TagAngleSecondAxis TagThickness TaggingDelay
TransmitterFrequency PixelBandwidth

MRReceiveCoilSequence C.8.13.5.7
MR Receive Coil
ReceiveCoilName ReceiveCoilManufacturerName ReceiveCoilType QuadratureReceiveCoil
MultiCoilDefinitionSequence

MRTransmitCoilSequence C.8.13.5.8
MR Transmit Coil
TransmitCoilName TransmitCoilManufacturerName TransmitCoilType

MRDiffusionSequence C.8.13.5.9
MR Diffusion
DiffusionBValue DiffusionDirectionality DiffusionGradientDirectionSequence DiffusionBMatrixSequence
DiffusionAnisotropyType

MRAveragesSequence C.8.13.5.10
MR Averages
NumberOfAverages

MRSpatialSaturationSequence C.8.13.5.11 many
MR Spatial Saturation
SlabThickness SlabOrientation MidSlabPosition

MRMetaboliteMapSequence C.8.13.5.12
MR Metabolite Map
MetaboliteMapDescription MetaboliteMapCodeSequence ChemicalShiftSequence

MRVelocityEncodingSequence C.8.13.5.13 many
MR Velocity Encoding
VelocityEncodingDirection VelocityEncodingMinimumValue VelocityEncodingMaximumValue

MRArterialSpinLabelingSequence C.8.13.5.14 many
MR Arterial Spin Labeling
ASLTechniqueDescription ASLContext ASLSlabSequence ASLCrusherFlag ASLBolusCutoffFlag

PETFrameTypeSequence C.8.22.5
PET Frame Type
FrameType PixelPresentation VolumetricProperties VolumeBasedCalculationTechnique

PETFrameAcquisitionSequence C.8.22.5
PET Frame Acquisition
TableHeight GantryDetectorTilt DataCollectionDiameter

PETDetectorMotionDetailsSequence C.8.22.5
PET Detector Motion Details
RotationDirection RevolutionTime

PETPositionSequence C.8.22.5
PET Position
TablePosition DataCollectionCenterPatient ReconstructionTargetCenterPatient

PETFrameCorrectionFactorsSequence C.8.22.5
PET Frame Correction Factors
PrimaryPromptsCountsAccumulated SliceSensitivityFactor DecayFactor ScatterFractionFactor
DeadTimeFactor

PETReconstructionSequence C.8.22.5
PET Reconstruction
ReconstructionType ReconstructionAlgorithm IterativeReconstructionMethod NumberOfIterations
NumberOfSubsets ReconstructionDiameter ReconstructionFieldOfView

PETTableDynamicsSequence C.8.22.5
PET Table Dynamics
TableSpeed

XAXRFFrameCharacteristicsSequence C.8.19.6
XA/XRF Frame Characteristics
DerivationDescription DerivationCodeSequence AcquisitionDeviceProcessingDescription
AcquisitionDeviceProcessingCode

FieldOfViewSequence C.8.19.6
X-Ray Field of View
FieldOfViewShape FieldOfViewDimensionsInFloat FieldOfViewOrigin FieldOfViewRotation
FieldOfViewHorizontalFlip FieldOfViewDescription

ExposureControlSensingRegionsSequence C.8.19.6 many
X-Ray Exposure Control Sensing Regions
ExposureControlSensingRegionShape

FramePixelDataPropertiesSequence C.8.19.6
XA/XRF Frame Pixel Data Properties
FrameType ImagerPixelSpacing PixelIntensityRelationship PixelIntensityRelationshipSign
GeometricalProperties GeometricMaximumDistortion ImageProcessingApplied

FrameDetectorParametersSequence C.8.19.6
X-Ray Frame Detector Parameters
DetectorActiveTime DetectorActivationOffsetFromExposure

CalibrationSequence C.8.19.6
X-Ray Calibration Device Usage
CalibrationImage

ObjectThicknessSequence C.8.19.6
X-Ray Object Thickness
CalculatedAnatomyThickness

FrameAcquisitionSequence C.8.19.6
X-Ray Frame Acquisition
KVP XRayTubeCurrentInmA

ProjectionPixelCalibrationSequence C.8.19.6
X-Ray Projection Pixel Calibration
DistanceObjectToTableTop ObjectPixelSpacingInCenterOfBeam BeamAngle TableHeight

PositionerPositionSequence C.8.19.6
X-Ray Positioner
PositionerPrimaryAngle PositionerSecondaryAngle

TablePositionSequence C.8.19.6
X-Ray Table Position
TableTopVerticalPosition TableTopLongitudinalPosition TableTopLateralPosition
TableHorizontalRotationAngle TableHeadTiltAngle TableCradleTiltAngle

CollimatorShapeSequence C.8.19.6
X-Ray Collimator
CollimatorShape CollimatorLeftVerticalEdge CollimatorRightVerticalEdge
CollimatorUpperHorizontalEdge CollimatorLowerHorizontalEdge CenterOfCircularCollimator
RadiusOfCircularCollimator VerticesOfThePolygonalCollimator

IsocenterReferenceSystemSequence C.8.19.6
X-Ray Isocenter Reference System
PositionerIsocenterPrimaryAngle PositionerIsocenterSecondaryAngle
PositionerIsocenterDetectorRotationAngle TableXPositionToIsocenter TableYPositionToIsocenter
TableZPositionToIsocenter TableHorizontalRotationAngle TableHeadTiltAngle TableCradleTiltAngle

XRayGeometrySequence C.8.19.6
X-Ray Geometry
DistanceSourceToIsocenter DistanceSourceToDetector

XRay3DFrameTypeSequence C.8.21.5
X-Ray 3D Frame Type
FrameType PixelPresentation VolumetricProperties VolumeBasedCalculationTechnique
ReconstructionIndex

OphthalmicFrameLocationSequence C.8.17 many
Ophthalmic Frame Location
ReferencedSOPClassUID ReferencedSOPInstanceUID ReferenceCoordinates DepthOfTransverseImage
OphthalmicImageOrientation

IntravascularOCTFrameTypeSequence C.8.27
Intravascular OCT Frame Type
FrameType

IntravascularFrameContentSequence C.8.27
Intravascular Frame Content
IntravascularLongitudinalDistance SeamLineLocation

IntravascularOCTFrameContentSequence C.8.27
Intravascular OCT Frame Content
OCTZOffsetApplied SeamLineIndex NumberOfPaddedALines

USImageDescriptionSequence C.8.24.6
US Image Description
FrameType VolumetricProperties VolumeBasedCalculationTechnique
"""
