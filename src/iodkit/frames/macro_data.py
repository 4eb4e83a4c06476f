"""The functional group macros of any modality, PS3.3 C.7.6.16.2, as text.

One macro per paragraph.  The first line holds keyword of the sequence, clause and flags
(``shared`` or ``per_frame``: has to stand there; ``many``: several items); the second the name;
the rest the attributes, nested ones as paths.
"""

from __future__ import annotations

__all__ = ["GENERAL_MACROS"]

GENERAL_MACROS = """
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
NominalCardiacTriggerTimePriorToRPeak ActualCardiacTriggerTimePriorToRPeak IntervalsAcquired
IntervalsRejected HeartRate RRIntervalTimeNominal LowRRValue HighRRValue

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
DataType ImageDataTypeCodeSequence AliasedDataType ZeroVelocityPixelValue

UnassignedSharedConvertedAttributesSequence C.7.6.16.2.25.1 shared
Unassigned Shared Converted Attributes

UnassignedPerFrameConvertedAttributesSequence C.7.6.16.2.25.2 per_frame
Unassigned Per-Frame Converted Attributes

ConversionSourceAttributesSequence C.7.6.16.2.25.3 per_frame
Image Frame Conversion Source
ReferencedSOPClassUID ReferencedSOPInstanceUID ReferencedFrameNumber ReferencedSegmentNumber

StoredValueColorRangeSequence C.7.6.16.2.26
Stored Value Color Range
MinimumStoredValueMapped MaximumStoredValueMapped

FrameUsefulnessGroupSequence C.7.6.16.2.27
Frame Usefulness
IncludesInformation IncludesImagingSubject

CameraPositionGroupSequence C.7.6.16.2.28
Camera Position
RenderProjection ViewpointPosition ViewpointLookAtPoint ViewpointUpDirection RenderFieldOfView

TimeOfFrameGroupSequence C.7.6.16.2.29
Time of Frame
FrameOriginTimestamp
"""
