//! Counts and times of one reader on one set of pictures.

/// What is counted.
#[derive(Default)]
pub struct Tally {
    pub pictures: usize,
    pub read: usize,
    /// Of these, by our own reader: worth nothing without a second proof.
    pub soft: usize,
    /// Texts that stand nowhere on the picture.
    pub wrong: usize,
    /// Of these, such as would pass for an asset number.
    pub wrong_numbers: usize,
    pub frame_ms: Vec<f64>,
    pub photo_ms: Vec<f64>,
}

impl Tally {
    /// Prints one line.
    pub fn print(&mut self, bench: &str, level: &str, by: &str) {
        let (frame_median, frame_p95) = spread(&mut self.frame_ms);
        let (photo_median, photo_p95) = spread(&mut self.photo_ms);
        println!(
            "{{\"bench\":\"{bench}\",\"level\":\"{level}\",\"by\":\"{by}\",\"pictures\":{},\"read\":{},\"soft\":{},\
             \"wrong\":{},\"wrong_numbers\":{},\"frame_median_ms\":{frame_median:.1},\"frame_p95_ms\":{frame_p95:.1},\
             \"photo_median_ms\":{photo_median:.1},\"photo_p95_ms\":{photo_p95:.1}}}",
            self.pictures, self.read, self.soft, self.wrong, self.wrong_numbers
        );
    }

    /// Puts another tally's counts and times to this one's.
    pub fn join(&mut self, other: &Self) {
        self.pictures += other.pictures;
        self.read += other.read;
        self.soft += other.soft;
        self.wrong += other.wrong;
        self.wrong_numbers += other.wrong_numbers;
        self.frame_ms.extend(&other.frame_ms);
        self.photo_ms.extend(&other.photo_ms);
    }
}

/// Median and the time that 95 of 100 keep below; sorts.
pub fn spread(times_ms: &mut [f64]) -> (f64, f64) {
    times_ms.sort_by(f64::total_cmp);
    let at = |share: usize| {
        let last = times_ms.len().saturating_sub(1);
        times_ms.get(last * share / 100).copied().unwrap_or(0.0)
    };
    (at(50), at(95))
}
