from grader.records.finding_ids import finding_id


def test_a_findings_id_is_short_stays_the_same_and_is_its_own() -> None:
    assert finding_id("20231106", "skip", "function") == "DJD-CWE"
    ids = {finding_id(str(n), "skip", check) for n in range(100) for check in ("shape", "function")}
    assert len(ids) == 200
