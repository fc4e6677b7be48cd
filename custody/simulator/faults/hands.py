"""Hands: who gave, who received, who signed and who did not; two stories of one box."""

from custody.core.moment import from_seconds
from custody.simulator.cast import Part
from custody.simulator.deeds import Deed
from custody.simulator.plan import DAY, HOUR, MINUTE, when
from custody.simulator.stage import Planted, Planter, Stage, writes


def _up(stage: Stage) -> tuple[str, Deed]:
    """A TPS and the deed by which its boxes come to the PPS."""
    tps = stage.tps()
    return tps, stage.step(stage.one(tps), "bring up")


def giver_refuses(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    unsigned = {"deed": stage.draw().hex(32, "paper"), "name": None, "reason": "refused"}
    stage.again(deed, facts={**deed.facts, "unsigned": unsigned})
    return stage.did(f"the KPPS of {tps} puts the boxes down and refuses to sign", deed.at, deed, boxes=stage.boxes(tps))


def giver_signs_later(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    deed = stage.again(deed, facts={**deed.facts, "unsigned": {"deed": None, "name": None, "reason": "forgot-passphrase"}})
    facts, who = {"about": deed.name, "side": "giver"}, {"teller": deed.who["giver"]}
    ack = stage.add("signs", deed.at + 20 * MINUTE, "is acknowledged", deed.place, boxes=stage.boxes(tps), facts=facts, who=who)
    return stage.did(
        f"the KPPS of {tps} has forgotten the passphrase, and signs a little later", deed.at, deed, ack, boxes=stage.boxes(tps)
    )


def recorder_forgets(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    stage.told(deed, signers=(deed.who["giver"], deed.who["receiver"]))
    return stage.did(f"the guard writes the paper of {tps} and does not sign it", deed.at, deed, boxes=stage.boxes(tps))


def receiver_never_signs(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    stage.told(deed, signers=(deed.who["giver"], deed.who["recorder"]))
    return stage.did(f"the PPS takes the boxes of {tps} and never signs for them", deed.at, deed, boxes=stage.boxes(tps))


def _at_last(stage: Stage) -> tuple[str, dict[str, object]]:
    """A TPS whose boxes stay in the warehouse when all others end, and what a handoff among keepers there looks like."""
    tps = stage.tps()
    store = stage.plan.warehouse(tps)
    stage.without(tps, "end ")
    return tps, {"from": store, "to": store, "looked": True}


def _among_keepers(stage: Stage, tps: str, facts: dict[str, object], signers: tuple[str, ...] | None) -> Deed:
    short = tps[:4]
    who = {"giver": f"gudang-{short}-1", "receiver": f"gudang-{short}-3"}
    deed = stage.add("among keepers", when(16, 10), "changes hands", str(facts["to"]), boxes=stage.boxes(tps), who=who, facts=facts)
    return stage.told(deed, signers=signers)


def only_receiver(stage: Stage) -> Planted:
    tps, facts = _at_last(stage)
    deed = _among_keepers(stage, tps, facts, (f"gudang-{tps[:4]}-3",))
    return stage.did(
        f"a second keeper says he has taken over the boxes of {tps}; the first says nothing", deed.at, deed, boxes=stage.boxes(tps)
    )


def stranger_receives(stage: Stage) -> Planted:
    tps, facts = _at_last(stage)
    who = {"giver": f"gudang-{tps[:4]}-1", "receiver": stage.step(stage.one(tps), "bring up").who["giver"]}
    deed = stage.add("a claim", when(16, 10), "changes hands", str(facts["to"]), boxes=stage.boxes(tps), who=who, facts=facts)
    stage.told(deed, signers=(who["receiver"],))
    return stage.did(f"a KPPS without duty in the warehouse says he took the boxes of {tps} there", deed.at, deed, boxes=stage.boxes(tps))


def stranger_offers(stage: Stage) -> Planted:
    tps, facts = _at_last(stage)
    who = {"giver": stage.step(stage.one(tps), "bring up").who["giver"], "receiver": f"gudang-{tps[:4]}-2"}
    deed = stage.add("an offer", when(16, 10), "changes hands", str(facts["to"]), boxes=stage.boxes(tps), who=who, facts=facts)
    stage.told(deed, signers=(who["giver"],))
    return stage.did(f"a KPPS who has long handed on the boxes of {tps} says he gives them away", deed.at, deed, boxes=stage.boxes(tps))


def only_giver(stage: Stage) -> Planted:
    tps, facts = _at_last(stage)
    deed = _among_keepers(stage, tps, facts, (f"gudang-{tps[:4]}-1",))
    return stage.did(f"a keeper offers the boxes of {tps} to a second, who has not signed yet", deed.at, deed, boxes=stage.boxes(tps))


def stranger_signs(stage: Stage) -> Planted:
    """A guard writes a handoff among keepers that neither of them has signed."""
    tps, facts = _at_last(stage)
    deed = _among_keepers(stage, tps, facts, (f"regu-{tps[:4]}-a",))
    return stage.did(f"a guard alone signs that the boxes of {tps} went to another keeper", deed.at, deed, boxes=stage.boxes(tps))


def one_person_twice(stage: Stage) -> Planted:
    """The chair of a KPPS has a second key as helper of the PPS, and receives from himself."""
    tps, deed = _up(stage)
    name = f"pps-{tps}"
    stage.cast.add(Part(name, "pps", (tps[:10],), "kpu", human=f"kpps-{tps}"))
    stage.again(deed, who={**deed.who, "receiver": name})
    stage.again(stage.apart(tps, "bring in"), who={**stage.apart(tps, "bring in").who, "giver": name})
    return stage.did(
        f"one person signs as giver and as receiver of the boxes of {tps}",
        deed.at,
        deed,
        stage.apart(tps, "bring in"),
        boxes=stage.boxes(tps),
    )


def nobody_knows_him(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    stage.again(deed, who={**deed.who, "recorder": f"tamu-{stage.number}"})
    stage.told(stage.script.deeds[deed.name], signers=(deed.who["giver"], deed.who["receiver"]))
    return stage.did(f"the recorder named at {tps} is nobody who was ever enrolled", deed.at, deed, boxes=stage.boxes(tps))


def supervisor_records(stage: Stage) -> Planted:
    """The supervisor of the kecamatan writes the record that a guard should write."""
    tps, deed = _up(stage)
    stage.again(deed, who={**deed.who, "recorder": f"panwas-{tps[:6]}"})
    return stage.did(f"a witness of the Bawaslu writes the record at {tps} instead of a guard", deed.at, deed, boxes=stage.boxes(tps))


def neighbour_receives(stage: Stage) -> Planted:
    """The PPS of the next desa helps out where he has no duty."""
    tps, deed = _up(stage)
    others = [desa for desa in stage.land.of_kind("desa") if desa != tps[:10]]
    name = f"pps-{stage.draw().pick(others, 'neighbour')}"
    stage.again(deed, who={**deed.who, "receiver": name})
    in_ = stage.apart(tps, "bring in")
    stage.again(in_, who={**in_.who, "giver": name})
    return stage.did(f"{name} receives and gives on the boxes of {tps}, far from his own desa", deed.at, deed, in_, boxes=stage.boxes(tps))


def another_gives(stage: Stage) -> Planted:
    """The PPS is ill; somebody of the PPK hands over boxes that he never took over."""
    tps = stage.tps()
    deed = stage.apart(tps, "bring in")
    stage.again(deed, who={**deed.who, "giver": f"ppk-{tps[:6]}-2"})
    return stage.did(f"ppk-{tps[:6]}-2 hands over boxes of {tps} that the PPS holds", deed.at, deed, boxes=stage.boxes(tps))


def colleague_gives(stage: Stage) -> Planted:
    tps = stage.tps()
    deed = stage.apart(tps, "load home")
    stage.again(deed, who={**deed.who, "giver": f"ppk-{tps[:6]}-3"})
    return stage.did(f"ppk-{tps[:6]}-3 hands over for his chair the boxes of {tps}", deed.at, deed, boxes=stage.boxes(tps))


# -- two stories --------------------------------------------------------------------------------------------------------------------


def _second_story(stage: Stage, tps: str, deed: Deed, **rest: object) -> Deed:
    """A second paper on the same boxes, from somebody who knows of the sealing and of nothing after it. Nothing happens: it is paper."""
    kecamatan = tps[:6]
    known = dict.fromkeys(stage.boxes(tps), f"seal {tps}")
    who = {"giver": deed.who["giver"], "receiver": f"ppk-{kecamatan}-2", "recorder": None}
    facts = {**deed.facts, "to": tps[:10], "paper only": True, **rest}
    other = stage.add("second paper", deed.at + 8 * MINUTE, "changes hands", tps[:10], boxes=stage.boxes(tps), who=who, facts=facts)
    return stage.told(other, known=known)


def two_stories(stage: Stage) -> Planted:
    """The PPK says on paper, without the KPPS, that it received the boxes straight from the TPS."""
    tps, deed = _up(stage)
    other = _second_story(stage, tps, deed, unsigned={"deed": None, "name": None, "reason": "left"})
    return stage.did(f"two people say that they received the boxes of {tps}", other.at, deed, other, boxes=stage.boxes(tps))


def two_words(stage: Stage) -> Planted:
    """The KPPS signs for two receivers of the same boxes."""
    tps, deed = _up(stage)
    other = _second_story(stage, tps, deed)
    return stage.did(f"kpps-{tps} signs that two people received the same boxes", other.at, deed, other, boxes=stage.boxes(tps))


def _ruled(stage: Stage, tps: str, stands: Deed, falls: Deed, name: str, by: tuple[int, ...], at: int) -> Deed:
    decided = [(box, f"seal {tps}", stands.name, (falls.name,)) for box in stage.boxes(tps)]
    who = {"supervisors": tuple(f"kasatops-{tps[:4]}-{number}" for number in by)}
    return stage.add(name, at, "is ruled", stage.plan.warehouse(tps), boxes=stage.boxes(tps), who=who, facts={"decided": decided})


def decided(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    other = _second_story(stage, tps, deed)
    ruling = _ruled(stage, tps, deed, other, "ruling", (1, 2), when(20, 10))
    return stage.did(
        f"two papers on the boxes of {tps}; two supervisors decide for the first", ruling.at, deed, other, ruling, boxes=stage.boxes(tps)
    )


def decided_twice(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    other = _second_story(stage, tps, deed)
    first = _ruled(stage, tps, deed, other, "ruling", (1, 2), when(20, 10))
    second = _ruled(stage, tps, other, deed, "second ruling", (2, 3), when(20, 15))
    words = f"two papers on the boxes of {tps}; two rulings, each for another one"
    return stage.did(words, first.at, deed, other, first, second, boxes=stage.boxes(tps))


def decided_alone(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    other = _second_story(stage, tps, deed)
    ruling = _ruled(stage, tps, deed, other, "ruling", (1,), when(20, 10))
    return stage.did(
        f"two papers on the boxes of {tps}; one supervisor alone decides", ruling.at, deed, other, ruling, boxes=stage.boxes(tps)
    )


def lost_phone(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    stage.told(deed, lost=True)
    return stage.did(
        f"the phone with the signed record of {tps} falls into the river",
        deed.at,
        stage.apart(tps, "bring in"),
        deed,
        boxes=stage.boxes(tps),
    )


# -- offers, receipts, corrections --------------------------------------------------------------------------------------------------


def taken_back_too_late(stage: Stage) -> Planted:
    """The KPPS offers to the PPS, takes it back and gives to the PPK; the PPS signs the first paper all the same."""
    tps, deed = _up(stage)
    stage.told(deed, signers=(deed.who["giver"], deed.who["recorder"]), later=(((deed.who["receiver"],), HOUR),))
    other = _second_story(stage, tps, deed)
    stage.told(other, tell=lambda body, world: {**body, "withdraws": [world.sids[deed.name]]})
    return stage.did(
        f"an offer of the boxes of {tps} is taken back, and signed all the same", other.at, deed, other, boxes=stage.boxes(tps)
    )


def takes_back_anothers_word(stage: Stage) -> Planted:
    """A keeper alone says he received; the giver's next paper takes that back, which is not his to take."""
    tps, facts = _at_last(stage)
    claim = _among_keepers(stage, tps, facts, (f"gudang-{tps[:4]}-3",))
    who = {"giver": f"gudang-{tps[:4]}-1", "receiver": f"gudang-{tps[:4]}-2"}
    store = str(facts["to"])
    deed = stage.add("next", claim.at + HOUR, "changes hands", store, boxes=stage.boxes(tps), who=who, facts=facts)
    stage.told(deed, tell=lambda body, world: {**body, "withdraws": [world.sids[claim.name]]})
    return stage.did(f"a keeper takes back what another has said of the boxes of {tps}", deed.at, claim, deed, boxes=stage.boxes(tps))


def _offered(stage: Stage) -> tuple[str, Deed, Deed]:
    """Offered at the TPS, received at the desa with a paper of the receiver's own."""
    tps, deed = _up(stage)
    deed = stage.told(deed, signers=(deed.who["giver"], deed.who["recorder"]))
    facts, who = {"about": deed.name, "side": "receiver"}, {"teller": deed.who["receiver"]}
    ack = stage.add("receipt", deed.at + 6 * MINUTE, "is acknowledged", deed.place, boxes=stage.boxes(tps), facts=facts, who=who)
    return tps, deed, ack


def finds_difference(stage: Stage) -> Planted:
    tps, deed, ack = _offered(stage)
    box = stage.one(tps)
    facts = {"seals": {"tie-1": ("torn", None)}}
    stage.add("torn", deed.at + MINUTE, "is marked", deed.place, told=False, boxes=(box,), facts=facts)
    return stage.did(f"the PPS receives {box} with tie-1 torn, and writes it down", ack.at, deed, ack, boxes=stage.boxes(tps))


def tells_twice(stage: Stage) -> Planted:
    tps, deed, ack = _offered(stage)
    box = stage.one(tps)
    facts = {"seals": {"tie-1": ("loose", None)}}
    stage.add("loose", ack.at + MINUTE, "is marked", deed.place, told=False, boxes=(box,), facts=facts)
    second = stage.add("other receipt", ack.at + 3 * MINUTE, "is acknowledged", deed.place, boxes=ack.boxes, facts=ack.facts, who=ack.who)
    return stage.did(f"the PPS tells twice, and otherwise, how he received {box}", second.at, deed, ack, second, boxes=stage.boxes(tps))


def acknowledges_nothing(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    facts, who = {"about": deed.name, "side": "receiver"}, {"teller": deed.who["receiver"]}
    ack = stage.add("receipt", deed.at + 6 * MINUTE, "is acknowledged", deed.place, boxes=stage.boxes(tps), facts=facts, who=who)
    return stage.did(f"the PPS acknowledges what he has already signed for, the boxes of {tps}", ack.at, ack, boxes=stage.boxes(tps))


def _correction(stage: Stage, deed: Deed, tps: str, effect: str, tellers: tuple[str, ...], at: int) -> Deed:
    facts = {"about": deed.name, "effect": effect, "reason": "did-not-happen" if effect == "void" else "wrong-person"}
    return stage.add(f"correction {effect}", at, "is corrected", deed.place, boxes=stage.boxes(tps), facts=facts, who={"tellers": tellers})


def written_by_mistake(stage: Stage) -> Planted:
    """Keepers write down a handoff that never was, and take it back."""
    tps, facts = _at_last(stage)
    deed = _among_keepers(stage, tps, {**facts, "paper only": True}, None)
    both = deed.who["giver"], deed.who["receiver"]
    void = _correction(stage, deed, tps, "void", both, deed.at + HOUR)
    return stage.did(f"a handoff of the boxes of {tps} is written by mistake and taken back", void.at, deed, void, boxes=stage.boxes(tps))


def remarked(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    remark = _correction(stage, deed, tps, "remark", (deed.who["receiver"],), deed.at + HOUR)
    return stage.did(f"the PPS remarks that the record of {tps} has a wrong hour", remark.at, deed, remark, boxes=stage.boxes(tps))


def not_his_to_correct(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    void = _correction(stage, deed, tps, "void", (f"pam-{tps[:10]}",), deed.at + 9 * DAY)
    return stage.did(f"the guard alone declares void how the boxes of {tps} came to the PPS", void.at, void, boxes=stage.boxes(tps))


# -- keys ---------------------------------------------------------------------------------------------------------------------------


def _revoked(stage: Stage, name: str, at: int, since: int | None, reason: str) -> Deed:
    body = {"key": name, "reason": reason, "since": from_seconds(since) if since is not None else None}
    deed = stage.state("revocation", "revoke", body, ("otoritas-kpu", "otoritas-polri"), at)
    return stage.told(deed, after=0, delay=0)


def _in_time(stage: Stage, tps: str) -> None:
    """Whatever else the KPPS has signed comes in at once."""
    for deed in stage.script.of(stage.one(tps)):
        if deed.record is not None and f"kpps-{tps}" in deed.who.values():
            stage.told(deed, delay=MINUTE)


def late_signature(stage: Stage) -> Planted:
    """A KPPS loses its key; the record it had signed before arrives after the revocation."""
    tps, deed = _up(stage)
    _in_time(stage, tps)
    stage.told(deed, delay=2 * DAY)
    revoked = _revoked(stage, f"kpps-{tps}", deed.at + HOUR, None, "lost")
    return stage.did(f"kpps-{tps} loses its key; its record comes in after the revocation", deed.at, deed, revoked, boxes=stage.boxes(tps))


def stolen_key(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    _in_time(stage, tps)
    sealing, deed = stage.step(stage.one(tps), "seal"), stage.told(deed, delay=MINUTE)
    revoked = _revoked(stage, f"kpps-{tps}", deed.at + 3 * DAY, sealing.at - HOUR, "stolen")
    return stage.did(
        f"the key of kpps-{tps} was in other hands since before the sealing", revoked.at, sealing, deed, revoked, boxes=stage.boxes(tps)
    )


def invented_checkpoint(stage: Stage) -> Planted:
    tps, deed = _up(stage)
    seen = {"root": stage.draw().hex(32, "root"), "sig": stage.draw().hex(64, "signature"), "size": 3}
    stage.told(deed, tell=writes(seen=seen))
    return stage.did(f"the record of {tps} says it has seen a checkpoint that nobody signed", deed.at, deed, boxes=stage.boxes(tps))


PLANTERS: dict[str, Planter] = {
    "giver refuses": giver_refuses, "giver signs later": giver_signs_later, "recorder does not sign": recorder_forgets,
    "receiver never signs": receiver_never_signs, "receiver alone": only_receiver, "stranger receives": stranger_receives,
    "stranger gives": stranger_offers,
    "offered at last": only_giver,
    "a stranger signs": stranger_signs, "one person, two keys": one_person_twice, "nobody knows the recorder": nobody_knows_him,
    "a witness records": supervisor_records, "a neighbour receives": neighbour_receives, "another gives": another_gives,
    "a colleague gives": colleague_gives, "two stories": two_stories, "two words of one": two_words, "dispute decided": decided,
    "dispute decided twice": decided_twice, "dispute decided alone": decided_alone, "phone lost": lost_phone,
    "taken back too late": taken_back_too_late, "another's word taken back": takes_back_anothers_word,
    "received with a difference": finds_difference, "told twice": tells_twice, "nothing to acknowledge": acknowledges_nothing,
    "written by mistake": written_by_mistake, "remark": remarked, "not his to correct": not_his_to_correct,
    "signature too late": late_signature, "key stolen": stolen_key, "checkpoint invented": invented_checkpoint,
}  # fmt: skip
