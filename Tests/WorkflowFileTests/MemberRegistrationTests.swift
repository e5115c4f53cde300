import Testing
import WaybillCore
import WorkflowFile

@Suite struct `A member registration` {
    private func registered() throws -> Rehearsal {
        let member = try Rehearsal(shippedText("member-registration"))
        let data = #"{"member": "m-7", "email": "a@example.org", "invited_by": "m-1"}"#
        #expect(member.send("register", data, by: "visitor") == "unconfirmed")
        #expect(member.sent == ["member:confirm-email"])
        return member
    }

    @Test func `tells the shop of a member whose address is confirmed`() throws {
        let member = try registered()
        #expect(member.send("confirm_email", #"{"email": "b@example.org"}"#).hasPrefix("refused: "))
        #expect(member.send("confirm_email", #"{"email": "a@example.org"}"#, by: "visitor") == "active")
        #expect(member.sent == ["member:registered"])
        #expect(member.bodies == [#"{"member":"m-7","email":"a@example.org","invited_by":"m-1"}"#])
        member.send("change_email", #"{"email": "c@example.org"}"#, by: "member")
        #expect(member.sent == ["member:email-changed"])
        #expect(member.send("leave", "", by: "member") == "left")
    }

    @Test func `mails five times at most and lapses after three days`() throws {
        let member = try registered()
        for _ in 2...5 { #expect(member.send("send_again") == "unconfirmed") }
        #expect(member.send("send_again").hasPrefix("refused: "))
        #expect(member.wait(.days(3)) == "lapsed")
        #expect(member.send("confirm_email", #"{"email": "a@example.org"}"#).hasPrefix("refused: "))
    }
}
