//! A single-phase meter's face, drawn in millimetres: case, display, nameplate, label, terminal cover.

use crate::canvas::{Area, Colour, Spot, mix};
use crate::drawn::plane::{BLACK, PAPER, Plane, QUIET_MODULES};
use crate::drawn::random::Random;
use crate::drawn::segments::{self, Glass};
use crate::error::ImagingError;

/// A face of 112 x 160 mm, the usual size of a single-phase meter.
const FACE: Area = Area(0.0, 0.0, 112.0, 160.0);

/// Width of one module: 156 of them are the 51 mm that fit a single-phase nameplate.
pub(super) const MODULE_MM: f32 = 0.33;

/// Where things are on one meter.
pub(super) struct Face {
    case: Colour,
    window: Colour,
    lcd: Area,
    label: Area,
    bar_height: f32,
    qr: Option<Spot>,
    current: &'static str,
    shift: f32,
}

impl Face {
    pub fn new(random: &mut Random) -> Self {
        let shift = random.between(-4.0, 4.0);
        let left = random.between(9.0, 15.0);
        let top = random.between(86.0, 92.0);
        let has_qr = random.chance(45);
        Self {
            case: random.pick(
                &[0x00E6_E4DC, 0x00DF_E1DF, 0x00EC_EAE6, 0x00D8_D6CC],
                0x00E6_E4DC,
            ),
            window: random.pick(&[0x003A_3F44, 0x0056_5C60, 0x0022_2A38], 0x003A_3F44),
            lcd: Area(24.0 + shift, 19.0, 88.0 + shift, 44.0),
            label: Area(
                left,
                top,
                left + if has_qr { 82.0 } else { 66.0 },
                top + 19.0,
            ),
            bar_height: random.between(9.5, 11.5),
            qr: has_qr.then_some((left + 66.5, top + 2.5)),
            current: random.pick(&["5(60)A", "10(100)A", "5(40)A"], "5(60)A"),
            shift,
        }
    }

    /// Middle of the bars of the label.
    pub fn bars_middle(&self) -> Spot {
        let bars = self.bars();
        ((bars.0 + bars.2) / 2.0, (bars.1 + bars.3) / 2.0)
    }

    /// Middle of the display.
    pub fn lcd_middle(&self) -> Spot {
        (
            (self.lcd.0 + self.lcd.2) / 2.0,
            (self.lcd.1 + self.lcd.3) / 2.0,
        )
    }

    fn bars(&self) -> Area {
        let left = self.label.0 + (QUIET_MODULES + 2.0) * MODULE_MM;
        let top = self.label.1 + 2.6;
        Area(left, top, left + 156.0 * MODULE_MM, top + self.bar_height)
    }

    /// Draws the whole face and the wall it hangs on.
    pub fn draw(
        &self,
        plane: &mut Plane,
        shown: Shown<'_>,
        random: &mut Random,
    ) -> Result<(), ImagingError> {
        self.wall(plane, random);
        self.meter(plane, shown, random)
    }

    /// Draws the face without the wall.
    pub fn meter(
        &self,
        plane: &mut Plane,
        shown: Shown<'_>,
        random: &mut Random,
    ) -> Result<(), ImagingError> {
        self.case(plane);
        self.window(plane, shown.display);
        self.nameplate(plane, random);
        self.label(plane, shown.asset_no)?;
        self.cover(plane);
        Ok(())
    }

    fn wall(&self, plane: &mut Plane, random: &mut Random) {
        let board = random.pick(
            &[0x009A_A39C, 0x00A8_A49A, 0x0084_8C92, 0x00B4_B2A8],
            0x009A_A39C,
        );
        plane.gradient(
            Area(-90.0, -90.0, 210.0, 250.0),
            mix(board, 0x00FF_FFFF, 40),
            mix(board, 0, 50),
        );
        for row in 0..9 {
            let y = -80.0 + row as f32 * 36.0;
            plane.glaze(Area(-90.0, y, 210.0, y + 0.7), 0, 46);
            for x in [-28.0, 140.0] {
                plane.disc((x, y + 18.0), 2.2, mix(board, 0, 130));
            }
        }
        // Leads come up to the terminals from below.
        for (index, colour) in [0x0098_3028, 0x0026_3A78, 0x0098_3028, 0x0026_3A78]
            .into_iter()
            .enumerate()
        {
            let x = 30.0 + index as f32 * 17.0 + self.shift;
            let sway = random.between(-9.0, 9.0);
            let points = [(x, 150.0), (x, 176.0), (x + sway, 200.0), (x + sway, 250.0)];
            plane.path(&points, 7.0, mix(colour, 0, 110));
            plane.path(&points, 5.4, colour);
        }
        // The meter's own shadow.
        plane.glaze(
            Area(FACE.0 + 3.0, FACE.1 + 4.0, FACE.2 + 5.0, FACE.3 + 6.0),
            0,
            96,
        );
    }

    fn case(&self, plane: &mut Plane) {
        plane.bevel(FACE, 7.0, self.case, 1.4);
        plane.bevel(FACE.grown(-4.5), 5.0, mix(self.case, 0, 10), -0.5);
        plane.disc((56.0, 9.5), 2.4, mix(self.case, 0, 120));
        plane.disc((56.0, 9.5), 1.7, mix(self.case, 0x00B0_B4B8, 200));
        plane.path(&[(54.9, 8.9), (57.1, 10.1)], 0.5, 0x0040_4040);
    }

    fn window(&self, plane: &mut Plane, display: &str) {
        plane.bevel(Area(10.0, 13.5, 102.0, 56.0), 3.0, self.window, -0.7);
        plane.bevel(self.lcd.grown(1.2), 1.2, mix(self.window, 0, 120), -0.5);
        plane.gradient(self.lcd, 0x00A9_B698, 0x00B9_C4A6);
        let glass = Glass {
            dark: 0x0020_281E,
            ghost: 0x00A6_B296,
        };
        let shown = if display.is_empty() { "8" } else { display };
        let height = 12.5_f32
            .min((self.lcd.2 - self.lcd.0 - 11.0) / (shown.chars().count().max(6) as f32 * 0.72));
        segments::show(
            plane,
            (self.lcd.2 - 9.5, self.lcd.1 + 8.0),
            height,
            shown,
            glass,
        );
        plane.print((self.lcd.2 - 8.6, self.lcd.3 - 5.2), 2.6, glass.dark, "kWh");
        plane.print(
            (self.lcd.0 + 2.0, self.lcd.1 + 2.2),
            2.2,
            glass.dark,
            "TOTAL  1 2",
        );
        let sheen = mix(0x00B1_BD9F, 0x00FF_FFFF, 70);
        let (left, top, bottom) = (self.lcd.0, self.lcd.1, self.lcd.3);
        plane.path(
            &[(left + 1.0, bottom - 0.8), (left + 1.0, top + 0.8)],
            0.5,
            sheen,
        );
        for (index, (name, colour)) in [
            ("IMP", 0x00E0_3030),
            ("TRIP", 0x00E0_A020),
            ("COM", 0x0030_9040),
        ]
        .into_iter()
        .enumerate()
        {
            let x = 30.0 + index as f32 * 16.0 + self.shift;
            plane.disc((x, 50.0), 1.3, mix(colour, 0, 90));
            plane.disc((x, 49.9), 0.9, colour);
            plane.print((x + 2.2, 48.9), 1.9, 0x00E8_E8E4, name);
        }
        plane.disc((17.0, 30.0), 4.6, 0x0018_1416);
        plane.disc((17.0, 30.0), 3.7, 0x003A_1A20);
        plane.bevel(
            Area(93.0 + self.shift / 4.0, 27.0, 100.0, 34.0),
            2.0,
            0x00C6_C8C6,
            0.4,
        );
    }

    fn nameplate(&self, plane: &mut Plane, random: &mut Random) {
        let ink = 0x0030_3436;
        plane.print_centred((56.0, 60.0), 3.2, ink, "SINGLE-PHASE SMART METER");
        plane.print((12.0, 66.5), 2.3, ink, "DDZY1234-Z");
        plane.print((44.0, 66.5), 2.3, ink, "220V");
        plane.print((58.0, 66.5), 2.3, ink, self.current);
        plane.print((80.0, 66.5), 2.3, ink, "50Hz");
        plane.print((12.0, 71.5), 2.3, ink, "1200imp/kWh");
        plane.print((44.0, 71.5), 2.3, ink, "CLASS A");
        plane.print((66.0, 71.5), 2.3, ink, "DL/T 645-2007");
        let batch = format!(
            "No.{:08}   20{}",
            random.below(100_000_000),
            19 + random.below(7)
        );
        plane.print((12.0, 76.5), 2.3, ink, &batch);
        plane.print((82.0, 76.5), 3.0, 0x0020_5A40, "SAMPLE");
        plane.path(
            &[(12.0, 82.0), (100.0, 82.0)],
            0.35,
            mix(ink, self.case, 120),
        );
    }

    /// The sticker with the asset number; a meter whose number is not asked for has none, so that no picture shows a wrong one.
    fn label(&self, plane: &mut Plane, asset_no: &str) -> Result<(), ImagingError> {
        if asset_no.is_empty() {
            return Ok(());
        }
        plane.glaze(self.label.grown(0.4), 0, 40);
        plane.rounded(self.label, 1.0, PAPER);
        let bars = self.bars();
        plane.bars(bars, asset_no)?;
        plane.print_centred((self.bars_middle().0, bars.3 + 1.3), 2.5, BLACK, asset_no);
        if let Some(at) = self.qr {
            plane.qr(at, 12.8, asset_no)?;
        }
        Ok(())
    }

    fn cover(&self, plane: &mut Plane) {
        let cover = mix(self.case, 0x0060_666A, 90);
        plane.bevel(Area(3.0, 116.0, 109.0, 157.0), 4.0, cover, 1.0);
        for x in [14.0, 98.0] {
            plane.disc((x, 136.0), 4.2, mix(cover, 0, 100));
            plane.disc((x, 136.0), 3.2, 0x00B4_B6B4);
            plane.path(&[(x - 2.2, 134.9), (x + 2.2, 137.1)], 0.8, 0x0050_5250);
        }
        for index in 0..4 {
            let x = 33.0 + index as f32 * 15.0;
            plane.print(
                (x, 148.0),
                3.0,
                mix(cover, 0, 150),
                ["1", "2", "3", "4"].get(index).unwrap_or(&""),
            );
        }
        plane.path(&[(26.0, 128.0), (86.0, 128.0)], 0.6, mix(cover, 0, 60));
    }
}

/// What one meter shows.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub asset_no: &'a str,
    pub display: &'a str,
}
