//! What is read, what is refused and with which words, and that nothing is lost on the way back.

use lowtide_core::packing::Problem;
use lowtide_core::plan::Layout;
use lowtide_core::units::Bytes;

use super::{read, with_offsets, write};

const FULL: &str = "id,lower,upper,size,alignment,offset,gaps\n\
                    b0,0,9,8,4,,2-3 5-7@0:4\n\
                    b1,1,2,3,,8,\n";

fn fault(text: &str) -> String {
    read(text.as_bytes(), None)
        .expect_err("a broken file")
        .to_string()
}

#[test]
fn columns_come_in_any_order_with_crlf_and_blank_lines() {
    let tidy = read(b"id,lower,upper,size\na,0,2,7\nb,1,3,5\n", None).expect("a valid file");
    let odd = b"\xef\xbb\xbfsize, upper,lower ,id\r\n\r\n7,2,0,a\r\n\r\n5,3,1,b\r\n\r\n";
    assert_eq!(read(odd, None).expect("a valid file"), tidy);
    assert_eq!(tidy.problem.buffers().len(), 2);
}

#[test]
fn optional_columns_are_read_and_written_back() {
    let packing = read(FULL.as_bytes(), Some(Bytes(100))).expect("a valid file");
    let gaps: Vec<_> = (packing.problem.buffers().rows())
        .map(|buffer| buffer.gaps.len())
        .collect();
    assert_eq!(gaps, [2, 0]);
    assert_eq!(packing.problem.capacity(), Some(Bytes(100)));
    let offsets = [Bytes(12), Bytes(8)].into_iter().collect();
    let layout = Layout::new(&packing.problem, offsets);
    let text = String::from_utf8(write(&packing, &layout).expect("a written file"));
    let wanted = "id,lower,upper,size,alignment,offset,gaps\n\
                  b0,0,9,8,4,12,2-3 5-7@0:4\n\
                  b1,1,2,3,1,8,\n";
    assert_eq!(text.expect("UTF-8"), wanted);
}

#[test]
fn faults_name_line_and_column() {
    let head = "id,lower,upper,size,gaps\n";
    let cases = [
        ("id,lower,upper\n", "no column 'size'"),
        ("id,lower,upper,size,colour\n", "unknown column 'colour'"),
        (
            "id,lower,upper,size,id\n",
            "line 1: column 'id' occurs twice",
        ),
        (
            "id,lower,upper,size\n\na,0,x,1\n",
            "line 3, column 'upper': 'x'",
        ),
        ("id,lower,upper,size\na,0,2,-1\n", "line 2, column 'size'"),
        (
            "id,lower,upper,size\na,0,2,1\na,0,2,1\n",
            "line 3, column 'id': the id 'a'",
        ),
        ("id,lower,upper,size\na,2,2,1\n", "line 2: its live range"),
        ("id,lower,upper,size\na,0,2\n", "line: 2"),
    ];
    for (text, wanted) in cases {
        assert!(fault(text).contains(wanted), "{text:?}: {}", fault(text));
    }
    for gap in ["1", "1-x", "1-2@3", "1-2@4:y"] {
        let text = fault(&format!("{head}a,0,9,4,{gap}\n"));
        assert!(text.contains("line 2, column 'gaps'"), "{text}");
    }
}

#[test]
fn an_empty_problem_is_one() {
    let packing = read(b"id,lower,upper,size\n", None).expect("a valid file");
    let none = Problem::new(std::iter::empty().collect(), None).expect("no buffers");
    assert_eq!(packing.problem, none);
    assert!(read(b"", None).is_err());
}

#[test]
fn offsets_are_added_to_the_file_as_it_stands() {
    let layout = |text: &str, offsets: &[u64]| {
        let problem = read(text.as_bytes(), None).expect("a valid file").problem;
        Layout::new(&problem, offsets.iter().map(|&at| Bytes(at)).collect())
    };
    let text = |source: &str, offsets: &[u64]| {
        let bytes = with_offsets(source.as_bytes(), &layout(source, offsets));
        String::from_utf8(bytes.expect("a written file")).expect("UTF-8")
    };
    let plain = "upper,id,size,lower\r\n2,\"a,b\",7,0\r\n";
    assert_eq!(
        text(plain, &[5]),
        "upper,id,size,lower,offset\r\n2,\"a,b\",7,0,5\r\n"
    );
    let wanted = "id,lower,upper,size,alignment,offset,gaps\n\
                  b0,0,9,8,4,12,2-3 5-7@0:4\n\
                  b1,1,2,3,,8,\n";
    assert_eq!(text(FULL, &[12, 8]), wanted);
    for other in [plain, "id,lower,upper,size\n"] {
        let error = with_offsets(
            FULL.as_bytes(),
            &layout(other, &vec![0; other.lines().count() - 1]),
        );
        assert!(
            error
                .expect_err("another problem's layout")
                .to_string()
                .contains("offset")
        );
    }
}

#[test]
fn damaged_files_are_refused_or_packed() {
    let words = [
        "0",
        "1",
        "18446744073709551615",
        "4611686018427387904",
        "-1",
        ",",
        "\n",
        "\r\n",
        "\"",
        "5-7",
        "2-3@0:4",
        "x",
    ];
    let mut rng = fastrand::Rng::with_seed(3);
    for _ in 0..3_000 {
        let mut bytes = FULL.as_bytes().to_vec();
        for _ in 0..rng.usize(1..6) {
            let from = rng.usize(..=bytes.len());
            let to = rng.usize(from..=(from + 3).min(bytes.len()));
            let word = rng.choice(words).unwrap_or_default();
            bytes.splice(from..to, word.bytes());
        }
        super::fuzz::packing(&bytes);
    }
}
