//! Small dense products in cache-friendly, vectorizing loops.
//!
//! All matrices are row-major slices. Widths are multiples of [`LANES`] and row counts of
//! [`ROWS`] (padded with zeros), so that a tile of the result stays in registers. A sum runs over
//! its terms in order, whatever the machine: same bits everywhere.

/// Columns of a tile; every width is a multiple of it.
pub(crate) const LANES: usize = 16;

/// Rows of a tile; every number of rows is a multiple of it.
pub(crate) const ROWS: usize = 4;

/// Adds `a` (`[m, k]`) times `b` (`[k, n]`) to `out` (`[m, n]`).
pub(crate) fn multiply_add(a: &[f32], b: &[f32], out: &mut [f32], k: usize, n: usize) {
    for (a, out) in a.chunks_exact(ROWS * k).zip(out.chunks_exact_mut(ROWS * n)) {
        let (a01, a23) = a.split_at(2 * k);
        let ((a0, a1), (a2, a3)) = (a01.split_at(k), a23.split_at(k));
        for column in (0..n).step_by(LANES) {
            let mut tile = [[0.0; LANES]; ROWS];
            let a = a0.iter().zip(a1).zip(a2.iter().zip(a3));
            for (((a0, a1), (a2, a3)), b) in a.zip(b.chunks_exact(n)) {
                let Some(b) = b[column..].first_chunk::<LANES>() else {
                    break;
                };
                for (a, tile) in [*a0, *a1, *a2, *a3].into_iter().zip(&mut tile) {
                    for (sum, b) in tile.iter_mut().zip(b) {
                        *sum += a * b;
                    }
                }
            }
            for (tile, out) in tile.iter().zip(out.chunks_exact_mut(n)) {
                for (out, sum) in out[column..].iter_mut().zip(tile) {
                    *out += sum;
                }
            }
        }
    }
}

/// Adds the transpose of `a` (`[m, k]`) times `b` (`[m, n]`) to `out` (`[k, n]`).
pub(crate) fn multiply_transposed_add(a: &[f32], b: &[f32], out: &mut [f32], k: usize, n: usize) {
    for (row, out) in (0..k).step_by(ROWS).zip(out.chunks_exact_mut(ROWS * n)) {
        for column in (0..n).step_by(LANES) {
            let mut tile = [[0.0; LANES]; ROWS];
            for (a, b) in a.chunks_exact(k).zip(b.chunks_exact(n)) {
                let Some(a) = a[row..].first_chunk::<ROWS>() else {
                    break;
                };
                let Some(b) = b[column..].first_chunk::<LANES>() else {
                    break;
                };
                for (a, tile) in a.iter().zip(&mut tile) {
                    for (sum, b) in tile.iter_mut().zip(b) {
                        *sum += a * b;
                    }
                }
            }
            for (tile, out) in tile.iter().zip(out.chunks_exact_mut(n)) {
                for (out, sum) in out[column..].iter_mut().zip(tile) {
                    *out += sum;
                }
            }
        }
    }
}

/// Writes the transpose of `a` (`[m, n]`) into `out` (`[n, m]`).
pub(crate) fn transpose(a: &[f32], out: &mut [f32], n: usize) {
    let m = a.len() / n;
    for (i, row) in a.chunks_exact(n).enumerate() {
        for (j, &value) in row.iter().enumerate() {
            out[j * m + i] = value;
        }
    }
}

/// Adds `b` to `a`, element by element.
pub(crate) fn add(a: &mut [f32], b: &[f32]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[m, n]` of small integers, which every order of summation adds up exactly.
    fn matrix(m: usize, n: usize, seed: usize) -> Vec<f32> {
        let value = |i| ((i * 37 + seed * 11) % 13) as f32 - 6.0;
        (0..m * n).map(value).collect()
    }

    fn naive(a: &[f32], b: &[f32], m: usize, k: usize, n: usize) -> Vec<f32> {
        let mut out = vec![1.0; m * n];
        for i in 0..m {
            for j in 0..n {
                for l in 0..k {
                    out[i * n + j] += a[i * k + l] * b[l * n + j];
                }
            }
        }
        out
    }

    #[test]
    fn products_are_products() {
        let (m, k, n) = (3 * ROWS, 2 * LANES, 3 * LANES);
        let (a, b) = (matrix(m, k, 1), matrix(k, n, 2));
        let expected = naive(&a, &b, m, k, n);
        let mut out = vec![1.0; m * n];
        multiply_add(&a, &b, &mut out, k, n);
        assert_eq!(out, expected);

        let mut a_t = vec![0.0; m * k];
        transpose(&a, &mut a_t, k);
        let mut out = vec![1.0; m * n];
        multiply_transposed_add(&a_t, &b, &mut out, m, n);
        assert_eq!(out, expected);
    }
}
