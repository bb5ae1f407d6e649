# Reads one line after the other: base64 of JSON (script, parameters, mark), and of bytes that are given to the script.
# Answers: mark:base64 of JSON,base64 of bytes:mark. Bytes pass through no cmdlet: what cmdlets are given may be logged.
# In a restricted language none of this is possible, and the exit code says so.
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    exit 71
}
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$utf8 = New-Object System.Text.UTF8Encoding $false
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $words = $line.Trim().Split(' ')
    if ($words[0].Length -eq 0) {
        continue
    }
    $request = $utf8.GetString([Convert]::FromBase64String($words[0])) | ConvertFrom-Json
    $given = [Convert]::FromBase64String('')
    if ($words.Length -gt 1) {
        $given = [Convert]::FromBase64String($words[1])
    }
    $line = $null
    $words = $null
    $bytes = ''
    $global:about = ''
    try {
        $block = [ScriptBlock]::Create($request.script)
        $value = @(& $block $request.parameters $given)[-1]
        if ($value.ContainsKey('content')) {
            $bytes = [Convert]::ToBase64String($value.content)
            $value.Remove('content')
        }
        $answer = @{ value = $value }
    }
    catch {
        $problem = $_.Exception.GetBaseException()
        $native = 0
        if ($problem -is [System.ComponentModel.Win32Exception]) {
            $native = $problem.NativeErrorCode
        }
        $answer = @{
            error = @{
                type = $problem.GetType().FullName
                code = $problem.HResult
                native = $native
                id = "$($_.FullyQualifiedErrorId)"
                message = $problem.Message
                trouble = $problem.Data['trouble']
                about = $global:about
                line = $_.InvocationInfo.ScriptLineNumber
            }
        }
    }
    $json = [Convert]::ToBase64String($utf8.GetBytes((ConvertTo-Json -InputObject $answer -Compress -Depth 6)))
    [Console]::Out.WriteLine($request.mark + ':' + $json + ',' + $bytes + ':' + $request.mark)
    [Console]::Out.Flush()
}
