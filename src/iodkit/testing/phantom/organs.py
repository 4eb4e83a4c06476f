"""The soft organs of the phantom: chest and abdomen, on both sides of the diaphragm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.testing.phantom.segments import Organ
from iodkit.testing.phantom.shapes import ellipsoid, tube, waves

if TYPE_CHECKING:
    from iodkit.testing.phantom.shapes import Canvas, FloatArray, Points

__all__ = ["paint_abdomen", "paint_chest"]

_INFINITE = float("inf")
_DESCENDING = (16.0, 42.0)


def _diaphragm(points: Points) -> FloatArray:
    """Height of the diaphragm in mm: two domes, the right one higher, falling to the back."""
    right = 46 * np.exp(-(((points.x + 62) / 62) ** 2) - ((points.y + 8) / 62) ** 2)
    left = 36 * np.exp(-(((points.x - 68) / 58) ** 2) - ((points.y + 5) / 60) ** 2)
    height: FloatArray = -24 + right + left - 0.12 * points.y
    return height


def _vessels(points: Points, seed: int, wavelength: float, radius: float) -> FloatArray:
    """Signed distance to branching tubes: where two noise fields vanish together."""
    first, second = waves(points, seed, wavelength), waves(points, seed + 1, wavelength)
    scale = np.float32(wavelength / (2 * np.pi))
    distance: FloatArray = np.sqrt(first * first + second * second) * scale - np.float32(radius)
    return distance


def paint_chest(canvas: Canvas, points: Points, cavity: FloatArray) -> None:
    """Paint mediastinum, lungs, airways, heart and great vessels.

    Parameters
    ----------
    canvas : Canvas
        What to paint on.
    points : Points
        Where its points lie.
    cavity : numpy.ndarray
        Signed distance to the trunk's cavity in mm.
    """
    below = _diaphragm(points) - points.z
    chest = np.maximum(cavity, below)
    canvas.paint(chest, -68 + 12 * canvas.coarse, Organ.FAT)
    _paint_lungs(canvas, points, chest)
    _paint_heart(canvas, points, below)
    _paint_airways(canvas, points)
    _paint_great_vessels(canvas, points)


def _paint_lungs(canvas: Canvas, points: Points, chest: FloatArray) -> None:
    """Paint both lungs, with vessels that taper from the hilum and darker anterior parts."""
    # The mediastinum narrows towards breastbone and apex, and is nowhere straight.
    bulge = 14 * np.exp(-(((points.y - 8) / 44) ** 2)) + 5 * waves(points, 41, 70.0)
    bulge -= 3 * np.clip((points.z - 95) / 60, 0, 1) + 8 * np.clip((-points.y - 45) / 40, 0, 1)
    sides = (
        (Organ.LUNG_RIGHT, -points.x - (14 + bulge), (-28.0, 12.0, 66.0)),
        (Organ.LUNG_LEFT, points.x - (18 + bulge), (32.0, 12.0, 70.0)),
    )
    tissue = -868 + 18 * canvas.coarse + 0.35 * points.y
    branches = _vessels(points, 43, 52.0, 1.0)
    twigs = _vessels(points, 45, 26.0, 0.55)
    for organ, inward, hilum in sides:
        lung = np.maximum(chest + 2.5, 3 - inward)
        canvas.paint(lung, tissue, organ)
        far = np.sqrt(
            (points.x - hilum[0]) ** 2 + (points.y - hilum[1]) ** 2 + (points.z - hilum[2]) ** 2
        )
        width = 5.2 * np.exp(-far / 42)
        canvas.paint(np.maximum(branches - width, lung + 2), 25.0)
        canvas.paint(np.maximum(twigs - 0.35 * width, lung + 4), -340.0)
        canvas.paint(np.maximum(far - 14, lung - 8), 35.0)


def _turned(points: Points, degrees: float) -> Points:
    """Turn the points about the patient's long axis."""
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return type(points)(
        points.x * np.float32(cosine) + points.y * np.float32(sine),
        points.y * np.float32(cosine) - points.x * np.float32(sine),
        points.z,
    )


def _paint_heart(canvas: Canvas, points: Points, below: FloatArray) -> None:
    """Paint the heart with four chambers, its axis pointing to the left and the front."""
    turned = _turned(points, -38.0)
    center = (22.0, -8.0, 32.0)
    heart = np.maximum(ellipsoid(turned, center, (58.0, 42.0, 47.0)), below + 1)
    canvas.paint(heart - 3, -78.0, Organ.FAT)
    canvas.paint(heart, 98 + 5 * canvas.fine, Organ.HEART)
    chambers = (
        ((45.0, 10.0, 26.0), (28.0, 16.0, 26.0), 188.0),
        ((38.0, -28.0, 28.0), (34.0, 11.5, 28.0), 172.0),
        ((-12.0, 16.0, 40.0), (21.0, 16.0, 22.0), 184.0),
        ((-12.0, -20.0, 34.0), (20.0, 17.0, 26.0), 168.0),
    )
    for middle, radii, hu in chambers:
        cavity = ellipsoid(turned, middle, radii) + 1.2 * canvas.coarse
        canvas.paint(np.maximum(cavity, heart + 4), hu + 3 * canvas.fine)


def _paint_airways(canvas: Canvas, points: Points) -> None:
    """Paint esophagus, trachea and main bronchi."""
    esophagus = ellipsoid(points, (6.0, 36.0, 60.0), (8.0, 6.5, 140.0))
    esophagus = np.maximum(esophagus, -15 - points.z)
    canvas.paint(esophagus, 44.0, Organ.ESOPHAGUS)
    canvas.paint(np.maximum(esophagus + 4.6, 40 - points.z), -420.0)
    trunk = ((0.0, 2.0, 200.0), (0.0, 14.0, 92.0))
    right = ((0.0, 14.0, 92.0), (-30.0, 15.0, 68.0), (-46.0, 18.0, 48.0))
    left = ((0.0, 14.0, 92.0), (34.0, 16.0, 70.0), (50.0, 22.0, 52.0))
    airways = np.minimum(
        tube(points, trunk, 10.0), np.minimum(tube(points, right, 6.6), tube(points, left, 6.2))
    )
    canvas.paint(airways, 10.0, Organ.TRACHEA)
    canvas.paint(airways + 2.0, -985.0)


def _paint_great_vessels(canvas: Canvas, points: Points) -> None:
    """Paint pulmonary trunk, both venae cavae and the thoracic aorta with its arch."""
    trunk = ((14.0, -38.0, 62.0), (12.0, -22.0, 84.0))
    branches = ((-34.0, 8.0, 78.0), (4.0, -14.0, 84.0), (40.0, 6.0, 84.0))
    blood = 3 * canvas.fine
    canvas.paint(np.minimum(tube(points, trunk, 13.5), tube(points, branches, 9.5)), 165 + blood)
    superior = ((-24.0, -12.0, 52.0), (-15.0, -10.0, 170.0))
    canvas.paint(tube(points, superior, 8.5), 178 + blood)
    x, y = _DESCENDING
    arch = (
        (-4.0, -16.0, 56.0),
        (-10.0, -18.0, 92.0),
        (-6.0, -10.0, 112.0),
        (2.0, 4.0, 120.0),
        (10.0, 22.0, 119.0),
        (x - 1, 36.0, 108.0),
        (x, y, 92.0),
    )
    canvas.paint(tube(points, arch, 13.5), 196 + blood, Organ.AORTA)
    descending = ((x, y, 92.0), (x, y, 0.0), (6.0, 36.0, -60.0), (2.0, 35.0, -400.0))
    canvas.paint(tube(points, descending, 10.5), 192 + blood, Organ.AORTA)


def paint_abdomen(canvas: Canvas, points: Points, cavity: FloatArray) -> None:
    """Paint visceral fat and the organs below the diaphragm.

    Parameters
    ----------
    canvas : Canvas
        What to paint on.
    points : Points
        Where its points lie.
    cavity : numpy.ndarray
        Signed distance to the trunk's cavity in mm.
    """
    above = points.z - _diaphragm(points)
    belly = np.maximum(cavity, above)
    canvas.paint(belly, 50.0, Organ.MUSCLE)
    inner = belly + 3
    canvas.paint(inner, -102 + 6 * canvas.coarse, Organ.FAT)
    _paint_bowel(canvas, points, inner)
    _paint_kidneys(canvas, points)
    _paint_stomach_and_spleen(canvas, points, inner)
    _paint_liver(canvas, points, inner)
    _paint_retroperitoneum(canvas, points)


def _paint_bowel(canvas: Canvas, points: Points, inner: FloatArray) -> None:
    """Paint loops of bowel with fluid and some gas, in front and below."""
    region = ellipsoid(points, (4.0, -30.0, -128.0), (104.0, 42.0, 74.0))
    loops = (np.abs(waves(points, 62, 62.0)) - 0.78) * 11
    small = np.maximum(region, loops)
    rising = ((-98.0, 14.0, -64.0), (-100.0, 16.0, -120.0), (-84.0, 2.0, -190.0))
    falling = ((104.0, 20.0, -58.0), (106.0, 26.0, -130.0), (92.0, 12.0, -200.0))
    colon = np.minimum(tube(points, rising, 21.0), tube(points, falling, 17.0))
    colon += 3.2 * canvas.coarse
    bowel = np.maximum(np.minimum(small, colon), inner + 4)
    canvas.paint(bowel, 62.0, Organ.INTESTINE)
    canvas.paint(bowel + 3.2, 24 + 9 * canvas.fine)
    canvas.paint(colon + 4, -60 + 110 * canvas.fine)
    gas = 4.5 - 6 * waves(points, 64, 58.0) + 0.10 * (points.y + 40)
    canvas.paint(np.maximum(bowel + 3.6, gas), -900.0)


def _paint_kidneys(canvas: Canvas, points: Points) -> None:
    """Paint both kidneys: bright cortex, darker pyramids, fat in the sinus."""
    for organ, side, height in ((Organ.KIDNEY_RIGHT, -1.0, -84.0), (Organ.KIDNEY_LEFT, 1.0, -70.0)):
        turned = _turned(points, side * 32.0)
        cosine, sine = np.cos(np.deg2rad(side * 32.0)), np.sin(np.deg2rad(side * 32.0))
        x, y = side * 62.0, 44.0
        center = (float(x * cosine + y * sine), float(y * cosine - x * sine), height)
        kidney = ellipsoid(turned, center, (20.0, 29.0, 54.0))
        canvas.paint(kidney, 188.0, organ)
        pyramids = 8 + 3.5 * canvas.coarse
        canvas.paint(kidney + pyramids, 132.0)
        hollow = (center[0] - side * 4.0, center[1] - 8.0, height)
        sinus = ellipsoid(turned, hollow, (9.0, 20.0, 26.0)) + 1.5 * canvas.coarse
        canvas.paint(np.maximum(sinus, kidney - 1), -70.0)
        pelvis = ellipsoid(turned, hollow, (4.0, 9.0, 14.0))
        canvas.paint(pelvis, 20.0)


def _paint_stomach_and_spleen(canvas: Canvas, points: Points, inner: FloatArray) -> None:
    """Paint the spleen behind the stomach, and gas over fluid in the latter."""
    spleen = ellipsoid(_turned(points, 28.0), (104.0, -12.0, -22.0), (25.0, 46.0, 48.0))
    spleen = np.maximum(spleen, inner + 2)
    canvas.paint(spleen, 122 + 3 * canvas.fine, Organ.SPLEEN)
    folds = 1.6 * canvas.coarse
    stomach = ellipsoid(points, (52.0, -26.0, -34.0), (42.0, 36.0, 44.0)) + folds
    pylorus = ellipsoid(points, (8.0, -40.0, -66.0), (46.0, 22.0, 22.0)) + folds
    stomach = np.maximum(np.minimum(stomach, pylorus), inner + 2)
    canvas.paint(stomach, 78.0, Organ.STOMACH)
    canvas.paint(stomach + 4.5, 18 + 8 * canvas.coarse)
    canvas.paint(np.maximum(stomach + 5, points.y + 38), -960.0)


def _paint_liver(canvas: Canvas, points: Points, inner: FloatArray) -> None:
    """Paint the liver under the right dome, with its veins and the gallbladder."""
    right = ellipsoid(points, (-66.0, 0.0, -34.0), (72.0, 78.0, 82.0))
    left = ellipsoid(points, (6.0, -46.0, -8.0), (66.0, 34.0, 36.0))
    hilum = ellipsoid(points, (-12.0, 28.0, -62.0), (44.0, 44.0, 50.0))
    liver = np.maximum(np.minimum(right, left), -hilum) + 1.5 * waves(points, 74, 45.0)
    liver = np.maximum(liver, inner + 2)
    canvas.paint(liver, 112 + 3 * canvas.fine, Organ.LIVER)
    veins = _vessels(points, 76, 74.0, 2.6)
    canvas.paint(np.maximum(veins, liver + 7), 152.0)
    gallbladder = ellipsoid(points, (-46.0, -34.0, -84.0), (14.0, 17.0, 24.0))
    canvas.paint(gallbladder, 38.0)
    canvas.paint(gallbladder + 2, 9.0)


def _paint_retroperitoneum(canvas: Canvas, points: Points) -> None:
    """Paint crura, psoas muscles, the inferior vena cava and the abdominal aorta."""
    for side in (-1.0, 1.0):
        psoas = ellipsoid(points, (side * 38.0, 62.0, -150.0), (16.0, 17.0, 108.0))
        canvas.paint(psoas, 58.0, Organ.MUSCLE)
        crus = ellipsoid(points, (side * 13.0, 40.0, -20.0), (5.0, 16.0, 46.0))
        canvas.paint(crus, 55.0, Organ.MUSCLE)
    blood = 3 * canvas.fine
    cava = ((-22.0, 22.0, 24.0), (-26.0, 26.0, -20.0), (-22.0, 34.0, -400.0))
    canvas.paint(tube(points, cava, 11.0), 138 + blood, Organ.VENA_CAVA)
    x, y = _DESCENDING
    aorta = ((x, y, 20.0), (x, y, 0.0), (8.0, 36.0, -60.0), (4.0, 35.0, -400.0))
    canvas.paint(tube(points, aorta, 10.5), 190 + blood, Organ.AORTA)
