import pytest
from tests.unit.render import samples as sample_reports


@pytest.fixture
def samples():
    return sample_reports


@pytest.fixture(params=sorted(sample_reports.ENDINGS))
def ending(request):
    """One report for each kind of ending."""
    return sample_reports.ENDINGS[request.param]()
