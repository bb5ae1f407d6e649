# program, line (its arguments, quoted), milliseconds, limit, leavesBehind -> code, timedOut, cut, stdout (bytes of the content), content:
# what was printed, stdout before stderr. The content that is given is its input.
function Stop-Tree($process) {
    $killer = New-Object System.Diagnostics.ProcessStartInfo
    $killer.FileName = [System.IO.Path]::Combine([Environment]::SystemDirectory, 'taskkill.exe')
    $killer.Arguments = '/F /T /PID ' + $process.Id
    $killer.UseShellExecute = $false
    $killer.CreateNoWindow = $true
    $killer.RedirectStandardOutput = $true
    $killer.RedirectStandardError = $true
    $ended = [System.Diagnostics.Process]::Start($killer)
    $null = $ended.WaitForExit(5000)
    if (-not $process.HasExited) {
        $process.Kill()
    }
}

function New-Printed($stream) {
    $printed = @{ stream = $stream; part = [Array]::CreateInstance([byte], 65536); all = New-Object System.IO.MemoryStream; cut = $false }
    $printed.task = $stream.ReadAsync($printed.part, 0, 65536)
    return $printed
}

# Takes what has come; false when the stream is at its end.
function Add-Printed($printed, $limit) {
    $count = $printed.task.GetAwaiter().GetResult()
    if ($count -eq 0) {
        return $false
    }
    $room = [Math]::Min($count, $limit - $printed.all.Length)
    if ($room -lt $count) {
        $printed.cut = $true
    }
    if ($room -gt 0) {
        $printed.all.Write($printed.part, 0, $room)
    }
    $printed.task = $printed.stream.ReadAsync($printed.part, 0, 65536)
    return $true
}

$start = New-Object System.Diagnostics.ProcessStartInfo
$start.FileName = $p.program
$start.Arguments = $p.line
$start.UseShellExecute = $false
$start.CreateNoWindow = $true
$start.RedirectStandardInput = $true
$start.RedirectStandardOutput = $true
$start.RedirectStandardError = $true
$clock = [System.Diagnostics.Stopwatch]::StartNew()
$process = [System.Diagnostics.Process]::Start($start)
$feeding = $process.StandardInput.BaseStream.WriteAsync($content, 0, $content.Length)
$fed = $false
$printed = @((New-Printed $process.StandardOutput.BaseStream), (New-Printed $process.StandardError.BaseStream))
$open = @($printed)
$timedOut = $false
$leftAt = 0
while ($open.Count -gt 0) {
    if (-not $fed -and $feeding.IsCompleted) {
        $fed = $true
        try {
            $process.StandardInput.Close()
        }
        catch {
            $null = $_
        }
    }
    [System.Threading.Tasks.Task[]]$tasks = @($open | ForEach-Object { $_.task })
    if ([System.Threading.Tasks.Task]::WaitAny($tasks, 20) -ge 0) {
        $open = @($open | Where-Object { -not $_.task.IsCompleted -or (Add-Printed $_ $p.limit) })
    }
    elseif ($p.leavesBehind -and $process.HasExited) {
        if ($leftAt -eq 0) {
            $leftAt = $clock.ElapsedMilliseconds
        }
        if ($clock.ElapsedMilliseconds - $leftAt -gt 500) {
            break
        }
    }
    if ($clock.ElapsedMilliseconds -ge $p.milliseconds) {
        $timedOut = $true
        Stop-Tree $process
        break
    }
}
$code = $null
if (-not $timedOut) {
    $left = [int][Math]::Max(0, $p.milliseconds - $clock.ElapsedMilliseconds)
    if ($process.WaitForExit($left)) {
        $code = $process.ExitCode
    }
    else {
        $timedOut = $true
        Stop-Tree $process
    }
}
$output = $printed[0].all.ToArray()
$both = New-Object System.IO.MemoryStream
$both.Write($output, 0, $output.Length)
$printed[1].all.WriteTo($both)
$cut = $printed[0].cut -or $printed[1].cut
return @{ code = $code; timedOut = $timedOut; cut = $cut; stdout = $output.Length; content = $both.ToArray() }
