//! How sharp a picture is: the variance of its Laplacian (Pech-Pacheco et al., 2000), which movement and a missed focus
//! both make small. Compares frames of one shot; says nothing about a picture by itself.

/// Of one byte of brightness a pixel, row after row. Zero where there is nothing to compare.
#[must_use]
pub(super) fn sharpness(luma: &[u8], width: usize) -> f64 {
    let rows: Vec<&[u8]> = luma.chunks_exact(width.max(1)).collect();
    let (mut count, mut sum, mut squares) = (0_u32, 0_f64, 0_f64);
    for three in rows.windows(3) {
        for x in 1..width.saturating_sub(1) {
            let edge = f64::from(laplacian(three, x));
            (count, sum, squares) = (count + 1, sum + edge, squares + edge * edge);
        }
    }
    let count = f64::from(count.max(1));
    squares / count - (sum / count).powi(2)
}

/// Four times a pixel less its neighbours.
fn laplacian(rows: &[&[u8]], x: usize) -> i32 {
    let at = |row: usize, x: usize| i32::from(rows[row][x]);
    4 * at(1, x) - at(0, x) - at(2, x) - at(1, x - 1) - at(1, x + 1)
}

/// The sharpest of several frames of equal size, the first of equals; none of none.
#[must_use]
pub(super) fn sharpest(frames: &[u8], width: usize, height: usize) -> Option<usize> {
    let values = frames.chunks_exact((width * height).max(1)).map(|frame| sharpness(frame, width));
    let best = values.enumerate().fold(None, |best: Option<(usize, f64)>, (index, value)| match best {
        Some((_, sharpest)) if sharpest >= value => best,
        _ => Some((index, value)),
    });
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 16;

    /// Stripes this wide, then blurred so often.
    fn stripes(wide: usize, blurs: usize) -> Vec<u8> {
        let row: Vec<u8> = (0..WIDTH).map(|x| if (x / wide).is_multiple_of(2) { 200 } else { 40 }).collect();
        let blur = |row: Vec<u8>| -> Vec<u8> {
            let at = |x: usize| u32::from(row[x.min(WIDTH - 1)]);
            (0..WIDTH)
                .map(|x| u8::try_from((at(x.saturating_sub(1)) + at(x) + at(x + 1)) / 3).unwrap())
                .collect()
        };
        let row = (0..blurs).fold(row, |row, _| blur(row));
        row.repeat(9)
    }

    #[test]
    fn blur_makes_a_picture_less_sharp() {
        let values: Vec<f64> = (0..4).map(|blurs| sharpness(&stripes(4, blurs), WIDTH)).collect();
        assert!(values.is_sorted_by(|a, b| a > b), "{values:?}");
    }

    #[test]
    fn brightness_alone_is_no_sharpness() {
        assert!(sharpness(&[0; 160], WIDTH).abs() < f64::EPSILON);
        assert!(sharpness(&[255; 160], WIDTH).abs() < f64::EPSILON);
    }

    #[test]
    fn the_sharpest_frame_is_found_and_the_first_of_equals() {
        let frames = [stripes(4, 2), stripes(4, 0), stripes(4, 1), stripes(4, 0)].concat();
        assert_eq!(sharpest(&frames, WIDTH, 9), Some(1));
        assert_eq!(sharpest(&[], WIDTH, 9), None);
    }

    #[test]
    fn pictures_too_small_to_compare_are_not_sharp() {
        for (luma, width) in [(&[][..], 0), (&[1], 1), (&[1, 2, 3, 4], 2), (&[9; 16], 16)] {
            assert!(sharpness(luma, width).abs() < f64::EPSILON);
        }
    }
}
