"""Tar archives: what a check reads of one."""

import pytest

from conformance.http.errors import Missing
from conformance.http.tar import Member, pack, unpack


def test_a_member_that_an_archive_lacks_fails_the_check_that_reads_it():
    with pytest.raises(Missing, match="no member 'other'"):
        unpack(pack(Member("file")))["other"]
