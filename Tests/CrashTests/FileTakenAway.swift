import Foundation
import Testing

/// Somebody deletes the file, or puts another one in its place, while the process takes orders.
@Suite struct `A file that is taken away from under a process` {
    @Test(arguments: ["rm", "mv"])
    func `ends its work within five seconds`(how: String) throws {
        let shop = try CrashFile()
        let victim = try Victim(file: shop.path, seed: 1)
        #expect(victim.answers(50))
        let command = how == "rm" ? "rm \"$1\"" : "cp \"$1\" \"$1.other\" && mv \"$1.other\" \"$1\""
        #expect(try run("/bin/bash", ["-c", command, "bash", shop.path]).status == 0)
        #expect(victim.ends(within: 5))
    }
}
