//! What is typed behind the name of a network: `NAME:KEY=VALUE,KEY=VALUE@SEED`.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::SEED;

/// What is wrong with a parameter, and what to say instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault(String);

impl Fault {
    /// This text.
    pub(super) fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The parameters of a network. A description takes those that it knows; what is left at the end is a fault.
#[derive(Clone, Debug, Default)]
pub(super) struct Params {
    left: Vec<(String, String)>,
    known: Vec<&'static str>,
    seed: u64,
}

impl Params {
    /// Splits `spec` into the name and what stands behind it.
    pub(super) fn split(spec: &str) -> Result<(&str, Self), Fault> {
        let (spec, seed) = match spec.split_once('@') {
            Some((spec, seed)) => (spec, parsed("the seed behind @", seed)?),
            None => (spec, SEED),
        };
        let (name, list) = spec.split_once(':').unwrap_or((spec, ""));
        let pair = |part: &str| match part.split_once('=') {
            Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
            None => Err(Fault::new(format_args!("{part:?} is not KEY=VALUE"))),
        };
        let parts = list.split(',').filter(|part| !part.is_empty());
        let left = parts.map(pair).collect::<Result<_, _>>()?;
        let known = Vec::new();
        Ok((name, Self { left, known, seed }))
    }

    /// The value of `key`, if it was given.
    fn text(&mut self, key: &'static str) -> Option<String> {
        self.known.push(key);
        let at = self.left.iter().position(|(name, _)| name == key)?;
        Some(self.left.remove(at).1)
    }

    /// Puts the value of `key` into `place`, if it was given.
    pub(super) fn take<T>(
        &mut self,
        key: &'static str,
        range: RangeInclusive<T>,
        place: &mut T,
    ) -> Result<(), Fault>
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        if let Some(text) = self.text(key) {
            *place = parsed(key, &text)?;
        }
        if range.contains(place) {
            return Ok(());
        }
        let (start, end) = (range.start(), range.end());
        Err(Fault::new(format_args!("{key} is from {start} to {end}")))
    }

    /// Puts the value of `key`, a share such as 0.75, into `percent`, if it was given.
    pub(super) fn share(&mut self, key: &'static str, percent: &mut usize) -> Result<(), Fault> {
        let Some(text) = self.text(key) else {
            return Ok(());
        };
        let hundredths = (0..=100).find(|n| text.parse() == Ok(f64::from(*n) / 100.0));
        let fault = || Fault::new(format_args!("{key} is a share in hundredths, as 0.75"));
        *percent = hundredths.map(|n| n as usize).ok_or_else(fault)?;
        Ok(())
    }

    /// The seed, if all parameters were taken.
    pub(super) fn end(self) -> Result<u64, Fault> {
        let Some((key, _)) = self.left.first() else {
            return Ok(self.seed);
        };
        Err(match self.known.as_slice() {
            [] => Fault::new(format_args!(
                "it has no {key}, and no parameters at all but @SEED"
            )),
            known => Fault::new(format_args!(
                "it has no {key} (or it is said twice); there are {}",
                known.join(", ")
            )),
        })
    }
}

fn parsed<T: FromStr>(key: &str, text: &str) -> Result<T, Fault> {
    let fault = |_| Fault::new(format_args!("{key}: {text:?} is no number that it takes"));
    text.parse().map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn names_parameters_and_seeds_are_told_apart() {
        let (name, mut params) = Params::split("net:n=7,p=0.29@5").unwrap();
        let (mut n, mut m, mut percent) = (1, 2, 3);
        params.take("n", 1..=9, &mut n).unwrap();
        params.take("m", 1..=9, &mut m).unwrap();
        params.share("p", &mut percent).unwrap();
        assert_eq!(
            (name, n, m, percent, params.end()),
            ("net", 7, 2, 29, Ok(5))
        );
    }

    #[test]
    fn faults_say_what_there_is() {
        let fault = |spec: &str| {
            let (_, mut params) = Params::split(spec)?;
            params.take("n", 2..=9, &mut 3)?;
            params.share("p", &mut 3)?;
            params.end()
        };
        for (spec, word) in [
            ("net:q=7", "there are n, p"),
            ("net:n=3,n=4", "said twice"),
            ("net:n=1", "from 2 to 9"),
            ("net:n=x", "no number"),
            ("net:p=0.123", "hundredths"),
            ("net:n", "KEY=VALUE"),
            ("net@x", "seed"),
        ] {
            let text = fault(spec).unwrap_err().to_string();
            assert!(text.contains(word), "{spec}: {text}");
        }
    }
}
